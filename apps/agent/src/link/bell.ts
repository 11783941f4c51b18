import { pause } from '../proc/index.ts';

/** Wakes one loop: rung while it sleeps, or before it does, the sleep ends at once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
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
