import type { ChildProcess } from 'node:child_process';
import type { Log } from '../log/index.ts';
import {
  errorMessage,
  groupMembers,
  isAlive,
  killGroup,
  signalLeader,
  stopGroup,
  type ProcessGroup,
  type ProcessIdentity,
} from '../proc/index.ts';
import { launch, type LaunchSpec } from './launch.ts';
import { afterExit } from './policy.ts';

/** What of a process outlives the agent. */
export interface ProcessMemory {
  readonly process: { readonly identity: ProcessIdentity; readonly startedAt: number } | null;
  readonly gaveUp: string | null;
  readonly held: string | null;
  readonly restarts: number;
}

export interface SupervisorOptions {
  /** As it stands in the log. */
  readonly unit: string;
  readonly home: string;
  /** Rendered anew at each start. Throws where it cannot be. */
  readonly spec: () => LaunchSpec;
  readonly memory: () => ProcessMemory;
  /** On disk when it returns. */
  readonly remember: (memory: ProcessMemory) => void;
  /** Why a process that ended is not to be started again by the agent itself, or null. */
  readonly holdReason: () => string | null;
  readonly changed: () => void;
  readonly log: Log;
}

export interface ProcessState {
  readonly is: 'running' | 'stopped' | 'waiting' | 'gave-up' | 'held';
  readonly pid: number | null;
  readonly startedAt: number | null;
  readonly message: string;
}

const adoptedPollMs = 250;
/** How a process is stopped whose specification cannot be rendered any more: page 03's defaults. */
const stopWithoutSpec = { signal: 'SIGTERM', timeoutMs: 10_000 } as const;

/**
 * Keeps one unit's process running: starts, watches, restarts with backoff, gives up, stops. Knows it by pid and start time,
 * so that one of an earlier agent is simply watched on. One operation at a time.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #wanted = false;
  #watched: { readonly group: ProcessGroup; readonly poll: NodeJS.Timeout | null } | null = null;
  #exitsAtMs: number[] = [];
  #message = '';
  #restart: NodeJS.Timeout | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  state(): ProcessState {
    const { process, gaveUp, held } = this.#options.memory();
    if (process !== null && isAlive(process.identity)) {
      return { is: 'running', pid: process.identity.pid, startedAt: process.startedAt, message: '' };
    }
    const none = { pid: null, startedAt: null };
    if (gaveUp !== null) return { ...none, is: 'gave-up', message: gaveUp };
    if (held !== null) return { ...none, is: 'held', message: held };
    return { ...none, is: this.#wanted ? 'waiting' : 'stopped', message: this.#message };
  }

  /** The group of the process as it is now, or null. */
  group(): ProcessGroup | null {
    const { process } = this.#options.memory();
    return process === null ? null : { leader: process.identity, home: this.#options.home };
  }

  /**
   * Takes over what an earlier agent left: watches the process where it lives, and treats its end as seen now where it does
   * not. `wanted`: it is to run.
   */
  adopt(wanted: boolean): Promise<void> {
    return this.#alone(async () => {
      const { process, gaveUp, held } = this.#options.memory();
      this.#wanted = wanted && gaveUp === null && held === null;
      if (process !== null && isAlive(process.identity)) this.#watch(process.identity, null);
      else if (process !== null) await this.#ended('ended while the agent was away');
      else if (this.#wanted) this.#startLater(0);
    });
  }

  /** Starts it where it does not run; forgets earlier exits, a give-up and a hold. Rejects where it cannot be started. */
  start(): Promise<void> {
    return this.#alone(async () => {
      this.#wanted = true;
      this.#cancelRestart();
      const memory = this.#options.memory();
      if (memory.process !== null && isAlive(memory.process.identity)) return;
      this.#exitsAtMs = [];
      this.#options.remember({ ...memory, gaveUp: null, held: null, restarts: 0 });
      await this.#launch();
    });
  }

  /** It may end from now on without being started again. */
  release(): void {
    this.#wanted = false;
    this.#cancelRestart();
  }

  /** By its stop signal, then SIGKILL to what is left of its group. It stays down. */
  stop(): Promise<void> {
    return this.#alone(async () => {
      this.#wanted = false;
      this.#cancelRestart();
      await this.#stopGroup();
      this.#options.remember({ process: null, gaveUp: null, held: null, restarts: 0 });
      this.#message = '';
      this.#options.changed();
    });
  }

  /** Stops and starts it for a failed check; counts as an exit. */
  recycle(message: string): Promise<void> {
    return this.#alone(async () => {
      if (!this.#wanted || this.#watched === null) return;
      this.#options.log.warn('unit is restarted', { unit: this.#options.unit, message });
      await this.#stopGroup();
      await this.#ended(message);
    });
  }

  /** To the process itself, as for a reload. False where it does not run. */
  signal(signal: NodeJS.Signals): boolean {
    const group = this.group();
    return group !== null && signalLeader(group, signal);
  }

  /**
   * A process that is dead by now is dealt with now, before anything else is learnt; so is one that waits for its next start
   * and may have to be held.
   */
  async look(): Promise<void> {
    const { process } = this.#options.memory();
    if (process !== null && !isAlive(process.identity)) await this.#gone(process.identity, 'ended');
    await this.#alone(async () => {
      if (this.#restart !== null && this.#hold()) this.#options.changed();
    });
  }

  /** Watches no longer; the process runs on. */
  close(): void {
    this.#closed = true;
    this.#cancelRestart();
    this.#unwatch();
  }

  async #launch(): Promise<void> {
    const { home } = this.#options;
    const spec = this.#options.spec();
    const before = this.group();
    if (before !== null) await killGroup(before);
    const { child, identity } = await launch(spec, (started) => {
      const memory = this.#options.memory();
      this.#options.remember({ ...memory, process: { identity: started, startedAt: Date.now() } });
    });
    this.#message = '';
    this.#watch(identity, child);
    this.#options.log.info('process started', { unit: this.#options.unit, pid: identity.pid, home });
    this.#options.changed();
  }

  #watch(identity: ProcessIdentity, child: ChildProcess | null): void {
    this.#unwatch();
    const group = { leader: identity, home: this.#options.home };
    if (child !== null) {
      child.once('exit', (code, signal) => {
        this.#seen(identity, signal === null ? `exited with code ${code}` : `killed by ${signal}`);
      });
      this.#watched = { group, poll: null };
      return;
    }
    const poll = setInterval(() => {
      if (!isAlive(identity)) this.#seen(identity, 'ended');
    }, adoptedPollMs);
    this.#watched = { group, poll };
  }

  #seen(identity: ProcessIdentity, message: string): void {
    this.#gone(identity, message).catch((error: unknown) => {
      this.#options.log.error('restart failed', { unit: this.#options.unit, error: errorMessage(error) });
    });
  }

  async #gone(identity: ProcessIdentity, message: string): Promise<void> {
    await this.#alone(async () => {
      const now = this.#options.memory().process?.identity;
      // Stopped or replaced meanwhile: its end was dealt with.
      if (this.#closed || now?.pid !== identity.pid || now.startTicks !== identity.startTicks) return;
      await this.#ended(message);
    });
  }

  /** Its leader is dead: what it left is killed, then the policy says what follows. */
  async #ended(message: string): Promise<void> {
    const group = this.group();
    this.#unwatch();
    if (group !== null && groupMembers(group).length > 0) await killGroup(group);
    const memory = { ...this.#options.memory(), process: null };
    this.#message = message;
    if (!this.#wanted) {
      this.#options.remember(memory);
      this.#options.changed();
      return;
    }
    if (this.#hold(memory, message)) return this.#options.changed();
    const spec = this.#specOrNull();
    const now = Date.now();
    this.#exitsAtMs = [...this.#exitsAtMs, now].slice(-100);
    const decision = spec === null ? null : afterExit(this.#exitsAtMs, now, spec.restart);
    this.#options.log.warn('process ended', { unit: this.#options.unit, message });
    if (decision === null || decision.giveUp) {
      this.#wanted = false;
      const exits = this.#exitsAtMs.length;
      this.#options.remember({ ...memory, gaveUp: `${message}; given up after ${exits} exits` });
    } else {
      this.#options.remember({ ...memory, restarts: memory.restarts + 1 });
      this.#message = `${message}; restart ${memory.restarts + 1} in ${decision.afterMs} ms`;
      this.#startLater(decision.afterMs);
    }
    this.#options.changed();
  }

  /** True where it may not be started without its owner's word: it waits for that from now on. */
  #hold(memory: ProcessMemory = this.#options.memory(), message = this.#message): boolean {
    const held = this.#options.holdReason();
    if (held === null) return false;
    this.#wanted = false;
    this.#cancelRestart();
    this.#options.remember({ ...memory, held: message === '' ? held : `${message}; ${held}` });
    this.#options.log.warn('process is not started', { unit: this.#options.unit, message: held });
    return true;
  }

  #specOrNull(): LaunchSpec | null {
    try {
      return this.#options.spec();
    } catch (error) {
      this.#message = errorMessage(error);
      return null;
    }
  }

  #startLater(afterMs: number): void {
    this.#cancelRestart();
    this.#restart = setTimeout(() => {
      this.#alone(async () => {
        if (!this.#wanted || this.#closed || this.#watched !== null) return;
        // While it waited, the platform may have fallen silent, or the machine stood still.
        if (this.#hold()) return this.#options.changed();
        try {
          await this.#launch();
        } catch (error) {
          await this.#ended(errorMessage(error));
        }
      }).catch((error: unknown) => {
        this.#options.log.error('restart failed', { unit: this.#options.unit, error: errorMessage(error) });
      });
    }, afterMs);
  }

  async #stopGroup(): Promise<void> {
    const group = this.group();
    this.#unwatch();
    if (group === null) return;
    const { signal, timeoutMs } = this.#specOrNull()?.stop ?? stopWithoutSpec;
    await stopGroup(group, signal, timeoutMs);
  }

  #cancelRestart(): void {
    if (this.#restart !== null) clearTimeout(this.#restart);
    this.#restart = null;
  }

  #unwatch(): void {
    if (this.#watched?.poll != null) clearInterval(this.#watched.poll);
    this.#watched = null;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // whoever asked has the error; the next in line starts fresh
    return result;
  }
}
