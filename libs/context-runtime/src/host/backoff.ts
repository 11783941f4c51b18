const firstMs = 100;
const mostMs = 10_000;

/** Delays that double from 100 ms to 10 s; `reset` after a success. */
export class Backoff {
  #nextMs = firstMs;

  next(): number {
    const delayMs = this.#nextMs;
    this.#nextMs = Math.min(mostMs, delayMs * 2);
    return delayMs;
  }

  reset(): void {
    this.#nextMs = firstMs;
  }
}
