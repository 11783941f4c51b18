/** Doubles from `minMs` to `maxMs`, each wait drawn between its half and its whole, so that a fleet does not ask in step. */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #chance: () => number;
  #failures = 0;

  constructor(minMs: number, maxMs: number, chance: () => number = Math.random) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#chance = chance;
  }

  /** The wait before the next attempt, ms. */
  next(): number {
    const whole = Math.min(this.#minMs * 2 ** Math.min(this.#failures, 30), this.#maxMs);
    this.#failures += 1;
    return Math.round(whole * (0.5 + this.#chance() / 2));
  }

  reset(): void {
    this.#failures = 0;
  }
}
