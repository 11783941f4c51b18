import { existsSync, readdirSync, rmSync } from 'node:fs';
import type { UnitCommand, UnitReport } from '@yiqiu/contracts';
import { AgentStopping } from '../hooks/index.ts';
import type { CommandKey, UnitRecord } from '../journal/index.ts';
import { isHomeName } from '../layout/index.ts';
import { errorMessage, findUnitProcess } from '../proc/index.ts';
import { admitStep } from './admit.ts';
import type { Orphan } from './data.ts';
import { claimHome, readOwner, type HomeOwner } from './owner-file.ts';
import { linkedProgram, programHome, switchProgram } from './program-link.ts';
import { newRecord } from './record.ts';
import { RelationBook } from './relation-book.ts';
import type { RelationData } from './relation-data.ts';
import { UnitRuntime, type UnitServices } from './runtime.ts';
import { StepFailure, StepOutput, StepWork, unitStepWork, type StepTools } from './steps/index.ts';

export interface StepOutcome {
  readonly outcome: 'succeeded' | 'failed';
  readonly exitCode: number | null;
  readonly message: string;
  readonly output: string;
  readonly outputTruncated: boolean;
  readonly orphans: readonly Orphan[];
}

/** All units of this machine, by home. Steps of one unit come one after another; that is the caller's to see to. */
export class UnitHost {
  readonly #units = new Map<string, UnitRuntime>();
  readonly #services: UnitServices;
  readonly #tools: StepTools;

  constructor(services: UnitServices, tools: StepTools) {
    this.#services = services;
    this.#tools = tools;
    for (const record of services.journal.units()) this.#units.set(record.home, new UnitRuntime(record, services));
  }

  units(): UnitRuntime[] {
    return [...this.#units.values()];
  }

  unit(home: string): UnitRuntime | undefined {
    return this.#units.get(home);
  }

  /** The name of the home that holds the newest incarnation of the unit here, with a record or without; null where none does. */
  homeOf(unitUid: string): string | null {
    const known = this.units().map(({ record: { home, uid, incarnation } }) => ({ home, uid, incarnation }));
    const here = known.some(({ uid }) => uid === unitUid)
      ? known
      : this.#strayHomes().map(({ home, owner }) => ({ home, uid: owner.unitUid, incarnation: owner.incarnation }));
    const [newest] = here.filter(({ uid }) => uid === unitUid).sort((a, b) => b.incarnation - a.incarnation);
    return newest?.home ?? null;
  }

  /**
   * Takes a step to its end. May be called again for a command that was cut off: what is done is not done twice. Throws
   * {@link AgentStopping} only.
   */
  async execute(key: CommandKey, command: UnitCommand): Promise<StepOutcome> {
    const output = new StepOutput();
    const result = (
      outcome: 'succeeded' | 'failed',
      message: string,
      exitCode: number | null,
      orphans: readonly Orphan[] = [],
    ) => ({
      outcome,
      exitCode,
      message: message.slice(0, 4_000),
      orphans,
      ...output.read(),
    });
    try {
      const prepared = await this.#prepare(command);
      if (typeof prepared === 'string') return result('succeeded', prepared, 0);
      const orphans = await this.#work(key, command, prepared, output);
      return result('succeeded', '', 0, orphans);
    } catch (error) {
      if (error instanceof AgentStopping) throw error;
      const exitCode = error instanceof StepFailure ? error.exitCode : null;
      return result('failed', errorMessage(error), exitCode);
    }
  }

  /** The unit that the step works on, or why there is nothing to do. Throws where it may not. */
  async #prepare(command: UnitCommand): Promise<UnitRuntime | string> {
    if (!isHomeName(command.home)) throw new StepFailure(`"${command.home}" is no name of a unit home`);
    const home = this.#tools.paths.home(command.home);
    const before = this.#units.get(command.home);
    const holder = before === undefined ? readOwner(home) : ownerOf(before.record);
    const admission = admitStep(command, holder);
    if (admission.is === 'refused') throw new StepFailure(admission.message);
    if (admission.is === 'nothing') return admission.message;
    if (command.step === 'stop' || command.step === 'remove') return this.#leaving(command, home, before, holder);
    const directory = await this.#tools.programs.ensure(command.program);
    const owner = { unitUid: command.unitUid, unit: command.unit, incarnation: command.incarnation };
    const isNew = !existsSync(home);
    if (command.step === 'install' || before === undefined) claimHome(home, owner);
    const unit = before ?? (await this.#take(command, home, isNew));
    const linked = linkedProgram(home);
    // Started under an older incarnation.
    if (command.incarnation > (holder?.incarnation ?? command.incarnation) && unit.isRunning()) {
      unit.save({ effectDue: 'restart' });
    }
    // Before the switch: an agent killed right after it knows what is due.
    unit.save({
      ...advance(unit.record, command),
      ...(linked === null || linked === directory ? {} : { upgradeDue: true }),
    });
    switchProgram(home, directory);
    return unit;
  }

  /** It leaves as what it is: the incarnation that the home holds, with the hooks of the program that is linked. */
  async #leaving(
    command: UnitCommand,
    home: string,
    before: UnitRuntime | undefined,
    holder: HomeOwner | null,
  ): Promise<UnitRuntime> {
    if (before !== undefined) {
      before.save({ command: { ...command, program: before.record.command.program } });
      return before;
    }
    if (linkedProgram(home) === null || !existsSync(programHome(home))) {
      switchProgram(home, await this.#tools.programs.ensure(command.program));
    }
    return this.#take({ ...command, incarnation: holder?.incarnation ?? command.incarnation }, home, false);
  }

  /** A unit without record: a new one, or one whose journal was lost and whose process may still run, in the home that it had. */
  async #take(command: UnitCommand, home: string, isNew: boolean): Promise<UnitRuntime> {
    const unit = new UnitRuntime(newRecord(command), this.#services);
    const identity = isNew || unit.manifest().process === null ? null : findUnitProcess(home);
    unit.save(identity === null ? {} : { process: { identity, startedAt: Date.now() }, wanted: 'running' });
    this.#units.set(command.home, unit);
    if (identity !== null) await unit.adopt(true);
    return unit;
  }

  async #work(
    key: CommandKey,
    command: UnitCommand,
    unit: UnitRuntime,
    output: StepOutput,
  ): Promise<readonly Orphan[]> {
    const work = new StepWork(key, command, unit, output, this.#tools);
    try {
      if (upgradesFirst(command, unit.record)) await this.#upgrade(work);
      const orphans = await unitStepWork[command.step](work);
      if (command.step === 'remove') await this.#forget(unit);
      return orphans ?? [];
    } finally {
      unit.busy = null;
      unit.waits = null;
      this.#services.changed();
    }
  }

  /** Hook upgrade, after the link was switched and before the step; a process of the old version is owed a restart. */
  async #upgrade(work: StepWork): Promise<void> {
    work.render('config');
    await work.hook('upgrade');
    if (work.unit.isRunning()) work.owe('restart');
    work.unit.save({ upgradeDue: false });
  }

  async #forget(unit: UnitRuntime): Promise<void> {
    unit.close();
    this.#units.delete(unit.record.home);
    this.#services.journal.removeUnit(unit.record.home);
    rmSync(this.#tools.paths.outputs(unit.record.home), { recursive: true, force: true });
    await this.#tools.programs.prune(new Set(this.units().map(({ record }) => record.command.program.digest)));
  }

  /** The record of the unit that a command was for, once it is done; null where the home holds it no more. */
  afterwards({ unitUid, home }: UnitCommand, { generation, seq }: CommandKey): UnitRecord | null {
    const record = this.#units.get(home)?.record;
    return record?.uid === unitUid ? { ...record, generation, lastSeq: seq } : null;
  }

  /** The journal wrote a result with the unit's record. */
  settled(record: UnitRecord): void {
    this.#units.get(record.home)?.settled(record);
  }

  /** What really is: every unit on record, and every home that names an owner of which there is no record. */
  report(generation: number, nowMs: number): UnitReport[] {
    const known = this.units().map((unit) => unit.report(generation, nowMs));
    return [...known, ...this.#strayHomes().map((stray) => strayReport(stray, nowMs))].slice(0, 1_000);
  }

  /** Checks are asked anew where their answer is older than `sinceMs` (ms since the epoch); resolves with the last answer. */
  async freshen(sinceMs: number): Promise<void> {
    await Promise.all(this.units().map((unit) => unit.freshen(sinceMs)));
  }

  /** Another home here holds a newer incarnation of the same unit. */
  isOutgranted({ record }: UnitRuntime): boolean {
    return this.units().some(({ record: other }) => other.uid === record.uid && other.incarnation > record.incarnation);
  }

  close(): void {
    for (const unit of this.#units.values()) unit.close();
  }

  #strayHomes(): StrayHome[] {
    return readdirSync(this.#tools.paths.root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isHomeName(entry.name) && !this.#units.has(entry.name))
      .flatMap(({ name }) => {
        const home = this.#tools.paths.home(name);
        const owner = readOwner(home);
        if (owner === null) return [];
        const relations = new RelationBook(home, owner.unit, this.#services.log).data;
        return [{ home: name, owner, relations, pid: findUnitProcess(home)?.pid ?? null }];
      });
  }
}

interface StrayHome {
  readonly home: string;
  readonly owner: HomeOwner;
  readonly relations: RelationData;
  readonly pid: number | null;
}

/** Hook upgrade comes before any step; before hook install it has nothing to run on, and waits for the next step. */
const upgradesFirst = ({ step }: UnitCommand, { upgradeDue, installed }: UnitRecord): boolean =>
  upgradeDue && step !== 'stop' && step !== 'remove' && (step !== 'install' || installed);

/** A new incarnation in its old home begins as a new unit would, with what the files say. */
const advance = (record: UnitRecord, command: UnitCommand): Partial<UnitRecord> =>
  command.incarnation === record.incarnation
    ? { command }
    : { command, incarnation: command.incarnation, installed: false, init: 'none', bootDue: false };

const ownerOf = ({ uid, unit, incarnation }: UnitRecord): HomeOwner => ({ unitUid: uid, unit, incarnation });

const strayReport = ({ home, owner, relations, pid }: StrayHome, nowMs: number): UnitReport => ({
  ...owner,
  home,
  process: pid === null ? 'stopped' : 'running',
  pid,
  ready: false,
  message: 'a home without record: the journal was lost since it was installed',
  role: null,
  eligible: null,
  relationData: relations,
  lastSeq: 0,
  startedAt: null,
  observedAt: nowMs,
});
