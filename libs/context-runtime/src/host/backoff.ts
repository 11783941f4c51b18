const firstMs = 100;

/** Delays that double from 100 ms to a most, 10 s unless given; `reset` after a success. */
export class Backoff {
  readonly #mostMs: number;
  #nextMs = firstMs;

  constructor(mostMs = 10_000) {
    this.#mostMs = mostMs;
  }

  next(): number {
    const delayMs = this.#nextMs;
    this.#nextMs = Math.min(this.#mostMs, delayMs * 2);
    return delayMs;
  }

  reset(): void {
    this.#nextMs = firstMs;
  }
}
