import { join } from 'node:path';
import type { StepReason, UnitCommand, UnitContext, UnitReport } from '@yiqiu/contracts';
import { endpointNames, storedManifest, type Manifest } from '@yiqiu/program/manifest-types';
import { hookEnvironment, renderArgv, renderEnvironment, type HookCall } from '@yiqiu/program/render';
import { execCheck, HealthMonitor, type ExecResult, type HealthState } from '../health/index.ts';
import { baseEnvironment } from '../hooks/index.ts';
import type { Journal, UnitRecord } from '../journal/index.ts';
import { boundLog, type AgentPaths } from '../layout/index.ts';
import type { Log } from '../log/index.ts';
import { passageTo, runAccount, type Account, type ProcessGroup } from '../proc/index.ts';
import { holdReason, Supervisor, type LaunchSpec } from '../supervise/index.ts';
import { contextOf } from './context.ts';
import { RelationBook } from './relation-book.ts';
import { ofEndpoints } from './relation-data.ts';

export interface UnitServices {
  readonly paths: AgentPaths;
  readonly journal: Journal;
  readonly log: Log;
  /** What was sent is not true any more. */
  readonly changed: () => void;
  /** The same, of a figure that may move all the time: said at most once a second. */
  readonly drifted: () => void;
  /** How long the platform has not answered, and for how long it may, ms. */
  readonly silence: () => { readonly silenceMs: number; readonly leaseMs: number };
  /** A unit whose hooks do it all failed its alive check: to be restarted in its turn. */
  readonly restartByHooks: (home: string, message: string) => void;
}

/** What its process prints, below the home. */
export const processLog = 'log/stdout.log';

/** One unit as it is on this machine: its record, its process, its health. */
export class UnitRuntime {
  readonly home: string;
  readonly supervisor: Supervisor;
  readonly #services: UnitServices;
  #record: UnitRecord;
  /** `of`: the digest of its program. */
  #manifest: { readonly of: string; readonly is: Manifest } | null = null;
  #health: { readonly run: string; readonly monitor: HealthMonitor } | null = null;
  readonly #relations: RelationBook;
  /** The step at work, as the report shows it. */
  busy: 'starting' | 'stopping' | null = null;
  /** What the step at work waits for, for people. */
  waits: string | null = null;

  constructor(record: UnitRecord, services: UnitServices) {
    this.#record = record;
    this.#services = services;
    this.home = services.paths.home(record.home);
    this.#relations = new RelationBook(this.home, record.unit, services.log);
    this.supervisor = new Supervisor({
      unit: record.unit,
      home: this.home,
      spec: () => this.#launchSpec(),
      memory: () => this.#record,
      remember: (memory) => this.save(memory),
      holdReason: () => holdReason({ fencing: this.manifest().fencing, ...services.silence() }),
      changed: () => this.refresh(),
      log: services.log,
    });
  }

  get record(): UnitRecord {
    return this.#record;
  }

  get logFile(): string {
    return join(this.home, processLog);
  }

  /** On disk when it returns. */
  save(change: Partial<UnitRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#services.journal.saveUnit(this.#record);
  }

  /** This record is on disk already, written with a command's result. */
  settled(record: UnitRecord): void {
    this.#record = record;
  }

  manifest({ program }: UnitCommand = this.#record.command): Manifest {
    if (this.#manifest?.of !== program.digest)
      this.#manifest = { of: program.digest, is: storedManifest.parse(program.manifest) };
    return this.#manifest.is;
  }

  context(): UnitContext {
    return contextOf(this.#record.command, this.home, this.manifest());
  }

  /** Throws where the user does not exist. */
  account(user: string = this.manifest().user): Account {
    const account = runAccount(user);
    return { ...account, passage: passageTo(this.#services.paths.root, account) };
  }

  environment(account: Account, call: HookCall): { [name: string]: string } {
    return {
      ...baseEnvironment(account, this.#services.paths.bin, process.env),
      ...hookEnvironment(this.context(), call),
    };
  }

  /** Its process, or for a program without one its last `start`, is there. */
  isRunning(): boolean {
    return this.manifest().process === null
      ? this.#record.startedAt !== null
      : this.supervisor.state().is === 'running';
  }

  health(): HealthState {
    const down = { ready: false, message: '', role: null };
    return this.isRunning() ? (this.#health?.monitor.state() ?? { ...down, ready: this.#record.ready }) : down;
  }

  /** Health is watched exactly while the unit runs, anew for each run; call after any change. */
  refresh(): void {
    const run = this.#currentRun();
    if (run === null) {
      this.#closeHealth();
      if (this.#record.ready) this.save({ ready: false });
    } else if (this.#health?.run !== run.id) {
      this.#closeHealth();
      if (!run.adopted && this.#record.ready) this.save({ ready: false });
      this.#health = { run: run.id, monitor: this.#monitor(run.startedAt) };
    }
    this.#services.changed();
  }

  /** Takes over after the agent's start, with what the last one knew of readiness. */
  async adopt(wanted: boolean): Promise<void> {
    this.#adopting = true;
    if (this.manifest().process !== null) await this.supervisor.adopt(wanted);
    this.refresh();
    this.#adopting = false;
  }
  #adopting = false;

  /** What runs is not known any more, and its owner decides: for a program whose hooks do it all. */
  hold(message: string): void {
    this.save({ startedAt: null, ready: false, held: message.slice(0, 400) });
    this.refresh();
  }

  /** Whether it may lead, asked at `sinceMs` (ms since the epoch) or later; resolves when that is known. */
  async freshen(sinceMs: number): Promise<void> {
    await this.#health?.monitor.freshen(sinceMs);
  }

  /** Before a hook runs as that account. */
  openRelations(account: Account): void {
    this.#relations.open(account);
  }

  /** Reads what hooks published since; news are reported. */
  takeRelations(): void {
    if (this.#relations.take()) this.#services.changed();
  }

  report(generation: number, nowMs: number): UnitReport {
    const { record } = this;
    this.#relations.take();
    const state = this.supervisor.state();
    const health = this.health();
    const running = this.isRunning();
    const at = this.busy ?? (state.is === 'waiting' ? 'starting' : state.is === 'gave-up' ? 'gave-up' : null);
    return {
      unitUid: record.uid,
      unit: record.unit,
      incarnation: record.incarnation,
      home: record.home,
      process: at ?? (running ? 'running' : 'stopped'),
      pid: state.pid,
      ready: running && health.ready,
      message: (this.waits ?? (state.message !== '' ? state.message : health.message)).slice(0, 500),
      role: health.role,
      eligible: running ? (this.#health?.monitor.eligibility() ?? null) : null,
      relationData: ofEndpoints(this.#relations.data, endpointNames(this.manifest())),
      lastSeq: record.generation === generation ? record.lastSeq : 0,
      startedAt: state.startedAt ?? record.startedAt,
      observedAt: nowMs,
    };
  }

  /** The process's group, for whoever asks whose a socket is. */
  group(): ProcessGroup | null {
    return this.supervisor.group();
  }

  boundLogs(): void {
    boundLog(this.logFile);
  }

  /** Watches no longer; everything runs on. */
  close(): void {
    this.supervisor.close();
    this.#closeHealth();
  }

  #currentRun(): { readonly id: string; readonly startedAt: number; readonly adopted: boolean } | null {
    const { process, startedAt } = this.#record;
    if (!this.isRunning()) return null;
    const adopted = this.#adopting;
    if (process !== null) {
      return { id: `${process.identity.pid}/${process.identity.startTicks}`, startedAt: process.startedAt, adopted };
    }
    return startedAt === null ? null : { id: `hooks/${startedAt}`, startedAt, adopted };
  }

  #monitor(startedAt: number): HealthMonitor {
    const { record } = this;
    const { health, leader } = this.manifest();
    return new HealthMonitor({
      health,
      eligible: leader.kind === 'platform' ? leader.eligible : null,
      address: record.command.address,
      ports: record.command.ports,
      exec: (argv, timeoutMs) => this.check(argv, timeoutMs),
      ready: record.ready,
      startedAt,
      changed: ({ ready }) => {
        if (ready !== this.#record.ready) this.save({ ready });
        this.#services.changed();
      },
      eligibilityChanged: (what) => (what === 'ok' ? this.#services.changed() : this.#services.drifted()),
      died: (message) => this.#died(message),
    });
  }

  /** Runs a check of the manifest as the unit's user. Never rejects. */
  async check(argv: readonly string[], timeoutMs: number): Promise<ExecResult> {
    try {
      const account = this.account();
      return await execCheck({
        argv: renderArgv(argv, this.context()),
        cwd: this.home,
        env: this.environment(account, { reason: this.#record.command.reason }),
        account,
        timeoutMs,
      });
    } catch (error) {
      return { exitCode: null, stdout: '', message: String(error) };
    }
  }

  #died(message: string): void {
    if (this.manifest().process === null) return this.#services.restartByHooks(this.#record.home, message);
    this.supervisor.recycle(message).catch((error: unknown) => {
      this.#services.log.error('unit cannot be restarted', { unit: this.#record.unit, error: String(error) });
    });
  }

  #launchSpec(): LaunchSpec {
    const manifest = this.manifest();
    const { process: declared } = manifest;
    if (declared === null) throw new Error(`${this.#record.unit} has no process`);
    const account = this.account();
    const context = this.context();
    const reason: StepReason = this.#record.command.reason;
    return {
      argv: renderArgv(declared.command, context, 'process.command'),
      env: { ...this.environment(account, { reason }), ...renderEnvironment(declared.env, context) },
      home: this.home,
      account,
      limits: declared.limits,
      outputFile: this.logFile,
      stop: declared.stop,
      restart: declared.restart,
    };
  }

  #closeHealth(): void {
    this.#health?.monitor.close();
    this.#health = null;
  }
}
