import { backoffMs, type BackoffLimits } from './backoff.ts';

/**
 * When a lost connection is dialled again: after a jittered wait from the first attempt on, since a whole fleet loses it in
 * the same moment. The client library asks for a wait counted from the server's last dial, and asks again while it waits;
 * so the moment is fixed once per attempt here.
 */
export class ReconnectPlan {
  #attempt = 0;
  #dialAtMs: number | null = null;
  readonly #limits: BackoffLimits;
  readonly #chance: () => number;

  constructor(limits: BackoffLimits, chance: () => number = Math.random) {
    this.#limits = limits;
    this.#chance = chance;
  }

  /** ms after `lastDialMs` at which the next dial is due. */
  waitMs(lastDialMs: number, nowMs: number): number {
    this.#dialAtMs ??= nowMs + backoffMs(this.#attempt, this.#limits, this.#chance());
    return Math.max(0, this.#dialAtMs - lastDialMs);
  }

  dialled(): void {
    this.#attempt += 1;
    this.#dialAtMs = null;
  }

  connected(): void {
    this.#attempt = 0;
    this.#dialAtMs = null;
  }
}
