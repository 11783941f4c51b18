/** Jobs in order within a lane, lanes side by side, at most so many jobs at once. Where there is room, the longest waiting first. */
export class Lanes {
  readonly #parallelMax: number;
  readonly #onError: (error: unknown) => void;
  readonly #waiting: { readonly lane: string; readonly job: () => Promise<void> }[] = [];
  readonly #busy = new Set<string>();
  #idle: (() => void)[] = [];
  #closed = false;

  /** `onError` gets what a job throws; the lane goes on. */
  constructor(parallelMax: number, onError: (error: unknown) => void) {
    this.#parallelMax = parallelMax;
    this.#onError = onError;
  }

  add(lane: string, job: () => Promise<void>): void {
    this.#waiting.push({ lane, job });
    this.#fill();
  }

  /** Starts no further job. Resolves when those at work have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  /** Resolves when nothing is at work and, unless closed, nothing waits. */
  async idle(): Promise<void> {
    if (this.#isIdle()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    await promise;
  }

  #isIdle(): boolean {
    return this.#busy.size === 0 && (this.#closed || this.#waiting.length === 0);
  }

  #fill(): void {
    while (!this.#closed && this.#busy.size < this.#parallelMax) {
      const next = this.#waiting.findIndex(({ lane }) => !this.#busy.has(lane));
      const [entry] = next < 0 ? [] : this.#waiting.splice(next, 1);
      if (entry === undefined) break;
      this.#busy.add(entry.lane);
      void this.#run(entry.lane, entry.job);
    }
    if (!this.#isIdle()) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  async #run(lane: string, job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#busy.delete(lane);
      this.#fill();
    }
  }
}
