import type { Timers } from './ports.ts';

/** A deadline that costs nothing until somebody has to wait. Clear it when done. */
export class Deadline {
  readonly #timers: Timers;
  readonly #afterMs: number;
  #controller: AbortController | null = null;
  #cancel: (() => void) | null = null;

  constructor(timers: Timers, afterMs: number) {
    this.#timers = timers;
    this.#afterMs = afterMs;
  }

  /** Aborts `afterMs` after the first call. */
  signal(): AbortSignal {
    if (this.#controller === null) {
      const controller = new AbortController();
      this.#controller = controller;
      this.#cancel = this.#timers.after(this.#afterMs, () => controller.abort());
    }
    return this.#controller.signal;
  }

  clear(): void {
    this.#cancel?.();
  }
}
