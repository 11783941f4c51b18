import type { AgentCommand, AgentPayload, QueueOwner, StepReport, UnitCommand } from '@yiqiu/contracts';
import { AgentStopping, type Runner } from '../hooks/index.ts';
import { runInit, type InitTools } from '../init/index.ts';
import { keyText, type AcceptedCommand, type CommandKey, type Journal } from '../journal/index.ts';
import type { Log } from '../log/index.ts';
import { errorMessage, isAlive, killGroup, pause } from '../proc/index.ts';
import { changeData } from '../orphans/index.ts';
import type { StepOutcome, UnitHost } from '../units/index.ts';
import { Lanes } from './lanes.ts';

/** Commands at work at once. High, for a start may wait for its peers on the same machine; bounded, for each is a hook. */
const parallelMax = 32;
const againAfterMs = 5_000;

export interface WorkOptions {
  readonly machineUid: string;
  readonly bootId: string;
  readonly journal: Journal;
  readonly host: UnitHost;
  readonly runner: Runner;
  readonly init: InitTools;
  readonly log: Log;
  /** A result waits to be reported. */
  readonly settled: () => void;
}

/** Does what was accepted: in order per unit with its data, and for init steps; units side by side. */
export class Work {
  readonly #options: WorkOptions;
  readonly #lanes: Lanes;
  readonly #closing = new AbortController();
  #ownJobs = 0;

  constructor(options: WorkOptions) {
    this.#options = options;
    this.#lanes = new Lanes(parallelMax, (error) => {
      if (!(error instanceof AgentStopping)) options.log.error('a job failed', { error: errorMessage(error) });
    });
  }

  /** Takes up what an earlier agent accepted and did not end. Call once, before anything is added. */
  async recover(): Promise<void> {
    await this.#endOwnRuns();
    for (const { key, payload } of this.#options.journal.commands()) this.#enqueue(key, payload);
  }

  /** Commands that were just journalled. */
  add(owner: QueueOwner, generation: number, commands: readonly AgentCommand[]): void {
    for (const { seq, payload } of commands) this.#enqueue({ owner, generation, seq }, payload);
  }

  /** A step that the agent does on its own account: nobody waits for a report. `failed` gets the message where it fails. */
  addOwn(command: UnitCommand, failed: (message: string) => void): void {
    // Generation 0 is nobody's: no command of an owner has such a key.
    this.#ownJobs += 1;
    const key: CommandKey = { owner: 'service', generation: 0, seq: this.#ownJobs };
    this.#lanes.add(command.unitUid, async () => {
      const outcome = await this.#options.host.execute(key, command);
      this.#options.journal.forget(key);
      this.#options.runner.forget(key);
      if (outcome.outcome === 'failed') failed(outcome.message);
    });
  }

  /** Starts nothing more; what is at work is left to the next agent as soon as it notices. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#lanes.close();
  }

  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** What an earlier agent did on its own account is begun anew where it is still due, never beside itself. */
  async #endOwnRuns(): Promise<void> {
    const { journal, runner } = this.#options;
    for (const { key, identity } of journal.ownRuns()) {
      if (isAlive(identity)) await killGroup({ leader: identity, home: '/' });
      journal.forget(key);
      runner.forget(key);
    }
  }

  #enqueue(key: CommandKey, payload: AgentPayload): void {
    this.#lanes.add(laneOf(payload), async () => {
      // Until there is a result on disk: an accepted command ends by that and nothing else.
      while (!(await this.#tryTo(key))) if (!(await pause(againAfterMs, this.#closing.signal))) return;
    });
  }

  /** False where the agent itself failed, as on a full disk. */
  async #tryTo(key: CommandKey): Promise<boolean> {
    try {
      await this.#do(key);
      return true;
    } catch (error) {
      if (error instanceof AgentStopping) throw error;
      this.#options.log.error('a command cannot be done now', { command: keyText(key), error: errorMessage(error) });
      return false;
    }
  }

  async #do(key: CommandKey): Promise<void> {
    const { journal, log, bootId } = this.#options;
    const command = journal.command(key);
    // Its generation ended while it waited.
    if (command === null) return;
    const now = Date.now();
    if (command.startedAt === null && now > command.startBy) {
      this.#finish(command, expired(command, now), now);
      return;
    }
    journal.begin(key, now, bootId);
    log.info('command begins', { command: keyText(key), ...labels(command) });
    const outcome = await this.#execute(command);
    this.#finish(command, outcome, command.startedAt ?? now);
  }

  async #execute({ key, payload, bootId }: AcceptedCommand): Promise<StepOutcome> {
    const { host, init } = this.#options;
    if (payload.kind === 'unit-step') return host.execute(key, payload);
    if (payload.kind === 'data-change') return changeData(init.paths, host, payload);
    const inThisBoot = bootId === null || bootId === this.#options.bootId;
    return runInit(init, key, payload, { inThisBoot });
  }

  #finish(command: AcceptedCommand, outcome: Outcome, startedAt: number): void {
    const { journal, host, runner, log, machineUid, settled } = this.#options;
    const { key, payload } = command;
    const report: StepReport = {
      machineUid,
      ...key,
      lineage: journal.lineage(key.owner) ?? '',
      ...outcome,
      orphans: [...outcome.orphans].slice(0, 64),
      startedAt,
      endedAt: Date.now(),
    };
    const unit = payload.kind === 'unit-step' ? host.afterwards(payload, key) : null;
    journal.finish(report, unit);
    if (unit !== null) host.settled(unit);
    runner.forget(key);
    const { outcome: result, exitCode, message } = outcome;
    log.info('command ended', { command: keyText(key), ...labels(command), outcome: result, exitCode, message });
    settled();
  }
}

type Outcome = Omit<StepOutcome, 'outcome'> & Pick<StepReport, 'outcome'>;

const expired = ({ startBy }: AcceptedCommand, nowMs: number): Outcome => ({
  outcome: 'expired',
  exitCode: null,
  message: `not started: it was to be started by ${new Date(startBy).toISOString()}, now is ${new Date(nowMs).toISOString()}`,
  output: '',
  outputTruncated: false,
  orphans: [],
});

/** In order: the steps of a unit, and what is done with its data; init steps. */
const laneOf = (payload: AgentPayload): string => {
  switch (payload.kind) {
    case 'unit-step':
      return payload.unitUid;
    case 'data-change':
      return payload.target?.unitUid ?? payload.unitUid;
    case 'init-step':
      return 'init';
  }
};

const labels = ({ payload }: AcceptedCommand) => {
  switch (payload.kind) {
    case 'unit-step':
      return { unit: payload.unit, step: payload.step, reason: payload.reason };
    case 'data-change':
      return { unit: payload.unit, data: payload.dataUid, change: payload.change };
    case 'init-step':
      return { step: payload.name };
  }
};
