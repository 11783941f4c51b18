import type { Clock } from './ports.ts';

export const clockJumpMaxMs = 5_000;
/** A clock that jumped is believed again after it ran evenly for this long. */
export const clockSettleMs = 30_000;

/**
 * The wall clock as decisions may see it: it never goes back, and a jump of more than 5 s (against the monotonic clock) is
 * not believed until the clock has run evenly for 30 s. Until then time goes on from where it was, `jumped` is true and the
 * ticks stop. A jump that is taken back within that time leaves no trace.
 */
export class GuardedClock {
  readonly #clock: Clock;
  readonly #settleMs: number;
  #floorMs = 0;
  #offsetMs: number;
  /** Where the wall clock stands after a jump, and since when. */
  #jump: { offsetMs: number; readonly fromOffsetMs: number; sinceMonotonicMs: number } | null = null;

  constructor(clock: Clock, settleMs: number = clockSettleMs) {
    this.#clock = clock;
    this.#settleMs = settleMs;
    this.#offsetMs = clock.nowMs() - clock.monotonicMs();
  }

  /** ms since the epoch, an integer; never less than before. */
  now(): number {
    const monotonicMs = this.#clock.monotonicMs();
    this.#observe(this.#clock.nowMs() - monotonicMs, monotonicMs);
    this.#floorMs = Math.max(this.#floorMs, Math.trunc(monotonicMs + this.#offsetMs));
    return this.#floorMs;
  }

  /** Time never goes below this: the time of the log's last event. */
  raiseFloor(timeMs: number): void {
    this.#floorMs = Math.max(this.#floorMs, timeMs);
  }

  /** By how much the clock jumped, ms, while that is not believed; else null. */
  jumpedMs(): number | null {
    this.now();
    return this.#jump === null ? null : Math.round(this.#jump.offsetMs - this.#jump.fromOffsetMs);
  }

  #observe(offsetMs: number, monotonicMs: number): void {
    if (Math.abs(offsetMs - this.#offsetMs) <= clockJumpMaxMs) {
      this.#offsetMs = offsetMs;
      this.#jump = null;
      return;
    }
    if (this.#jump === null || Math.abs(offsetMs - this.#jump.offsetMs) > clockJumpMaxMs) {
      this.#jump = { offsetMs, fromOffsetMs: this.#offsetMs, sinceMonotonicMs: monotonicMs };
      return;
    }
    this.#jump.offsetMs = offsetMs;
    if (monotonicMs - this.#jump.sinceMonotonicMs < this.#settleMs) return;
    this.#offsetMs = offsetMs;
    this.#jump = null;
  }
}
