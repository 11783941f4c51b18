import { isPaused, isRunning, type StopStep, type SupervisedProcess } from '@yiqiu/processes';
import type { Registry } from '../data/registry.ts';

export type PartState = 'running' | 'stopped' | 'paused';

export interface PartSpec {
  readonly name: string;
  /** Where it listens or lives, for people. */
  readonly address: string;
  /** Resolves when it serves; rejects where it does not come up. */
  readonly start: () => Promise<SupervisedProcess>;
  readonly stopSteps: readonly StopStep[];
  /** What it starts is not part of it: killed and paused alone, as an agent beside its units. Default false. */
  readonly alone?: boolean;
}

const restartAfterMs = 1_000;
const restartAfterMaxMs = 30_000;
/** What ran so long did come up, ms. */
const steadyMs = 10_000;

/**
 * One process of the platform under supervision: what ends unasked is started again after a second, later and later where
 * it keeps failing. What is stopped, or held down, stays.
 */
export class Part {
  #process: SupervisedProcess | null = null;
  #wanted = false;
  /** Ends soon after a start, in a row. */
  #failures = 0;
  #spawnedAt = 0;
  /** Killed by a person's word: no failure of its own. */
  #killed = false;
  #timer: NodeJS.Timeout | null = null;
  #starting: Promise<void> | null = null;

  constructor(
    readonly spec: PartSpec,
    readonly registry: Registry,
    readonly report: (line: string) => void,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  pids(): number[] {
    const own = this.pid();
    return this.spec.alone === true ? (own === null ? [] : [own]) : (this.#process?.pids() ?? []);
  }

  pid(): number | null {
    return this.#running() ? (this.#process?.pid ?? null) : null;
  }

  state(): PartState {
    if (!this.#running() || this.#process === null) return 'stopped';
    return isPaused(this.#process.pid) ? 'paused' : 'running';
  }

  /** Starts it where it does not run, and keeps it running. */
  async start(): Promise<void> {
    this.#wanted = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#running()) return;
    this.#starting ??= this.#spawn().finally(() => {
      this.#starting = null;
    });
    await this.#starting;
  }

  /** Orderly; it stays down. Also where it is just starting, or waiting to. */
  async stop(): Promise<void> {
    await this.#hold();
    if (this.#process !== null) await this.#process.stop(this.spec.stopSteps);
    this.registry.remove(this.name);
  }

  /**
   * SIGKILL to it and its descendants (`alone`: to it). It comes back after a second, unless `stayDown`. One that is just
   * starting is killed as soon as it serves: before that, who it is is not known here.
   */
  async kill(stayDown: boolean): Promise<void> {
    if (stayDown) await this.#hold();
    else await this.#settled();
    const child = this.#process;
    this.#killed = true;
    if (this.spec.alone !== true) return child?.kill();
    child?.signal('SIGKILL');
    await child?.exited;
  }

  async pause(): Promise<void> {
    await this.#settled();
    if (this.spec.alone === true) this.#process?.signal('SIGSTOP');
    else this.#process?.pause();
  }

  resume(): void {
    if (this.spec.alone === true) this.#process?.signal('SIGCONT');
    else this.#process?.resume();
  }

  async #hold(): Promise<void> {
    this.#wanted = false;
    this.#failures = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#settled();
  }

  /** Not in the middle of a start. A failure of it was reported to whoever started it. */
  async #settled(): Promise<void> {
    if (this.#starting !== null) await this.#starting.catch(() => undefined);
  }

  #running(): boolean {
    return this.#process !== null && isRunning(this.#process.identity);
  }

  async #spawn(): Promise<void> {
    const child = await this.spec.start();
    this.#process = child;
    this.#spawnedAt = Date.now();
    this.#killed = false;
    this.registry.add(this.name, child.identity);
    void child.exited.then(({ code, signal }) => this.#ended(child, signal ?? `exit code ${code ?? 'unknown'}`));
  }

  #ended(child: SupervisedProcess, how: string): void {
    if (this.#process !== child || !this.#wanted) return;
    const failed = !this.#killed && Date.now() - this.#spawnedAt < steadyMs;
    if (!failed) this.#failures = 0;
    const waitMs = this.#waitMs();
    const when = waitMs > restartAfterMs ? ` in ${waitMs / 1_000} s` : '';
    this.report(`${this.name} ended (${how}); starting it again${when}`);
    this.#again(waitMs);
    if (failed) this.#failures += 1;
  }

  #waitMs(): number {
    return Math.min(restartAfterMs * 2 ** this.#failures, restartAfterMaxMs);
  }

  #again(waitMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.start().catch((error: unknown) => {
        this.#failures += 1;
        this.report(`${this.name} did not start: ${error instanceof Error ? error.message : String(error)}`);
        if (this.#wanted) this.#again(this.#waitMs());
      });
    }, waitMs);
  }
}
