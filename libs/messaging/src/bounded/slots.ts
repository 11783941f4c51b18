/** So many tasks at work at a time, so many more may wait. */
export class Slots {
  readonly #atWorkMax: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #atWork = 0;
  #idle: (() => void)[] = [];

  constructor(atWorkMax: number, waitingMax = Number.POSITIVE_INFINITY) {
    this.#atWorkMax = atWorkMax;
    this.#waitingMax = waitingMax;
  }

  get atWork(): number {
    return this.#atWork;
  }

  get isFull(): boolean {
    return this.#atWork >= this.#atWorkMax && this.#waiting.length >= this.#waitingMax;
  }

  /** Resolves when the caller has a slot; it must `leave` it. Throws where too many wait: ask `isFull` before. */
  enter(): Promise<void> {
    if (this.isFull) throw new Error(`${this.#waiting.length} tasks wait already`);
    if (this.#atWork < this.#atWorkMax) {
      this.#atWork += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    // The slot goes on to the next one, without being free between.
    if (next !== undefined) return next();
    this.#atWork -= 1;
    if (this.#atWork > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  /** Resolves when nothing is at work and nothing waits. */
  whenIdle(): Promise<void> {
    if (this.#atWork === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
