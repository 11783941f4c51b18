import { pause } from '../proc/index.ts';

/** What is no news by itself rings at most once in so many ms. */
export const soonMs = 1_000;

/** Wakes one loop: rung while it sleeps, or before it does, the sleep ends at once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | null = null;
  #soon: NodeJS.Timeout | null = null;
  #soonAt = Number.NEGATIVE_INFINITY;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Rings now or a little later: however often it is called, at most once in {@link soonMs}. */
  ringSoon(): void {
    if (this.#soon !== null) return;
    const waitMs = Math.max(0, this.#soonAt + soonMs - performance.now());
    this.#soon = setTimeout(() => {
      this.#soon = null;
      this.#soonAt = performance.now();
      this.ring();
    }, waitMs).unref();
  }

  /** Until rung, at most `ms`. False where the signal aborted. */
  async wait(ms: number, stop: AbortSignal): Promise<boolean> {
    if (!this.#rung && !stop.aborted) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      await pause(ms, AbortSignal.any([woken.signal, stop]));
      this.#wake = null;
    }
    this.#rung = false;
    return !stop.aborted;
  }
}
