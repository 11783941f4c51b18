/**
 * Wakes subscriptions when the log has grown. A hint only: they look into the log themselves, and poll besides, so a lost
 * or a wrong hint costs time and nothing else.
 */
export class Wakeup {
  #highest = 0;
  #closed = false;
  readonly #sleepers = new Set<{ readonly next: number; wake(): void }>();

  /** The log is known to have this position. */
  reached(position: number): void {
    if (position > this.#highest) this.#highest = position;
    for (const sleeper of [...this.#sleepers]) if (sleeper.next <= this.#highest) sleeper.wake();
  }

  /** Hints may have been missed: everybody looks. */
  wakeAll(): void {
    for (const sleeper of [...this.#sleepers]) sleeper.wake();
  }

  /** Wakes everybody for good. */
  close(): void {
    this.#closed = true;
    this.wakeAll();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Resolves when position `next` is known to be there, after `pollMs` (null: never), on `wakeAll`, or when the signal
   * aborts.
   */
  sleep(next: number, pollMs: number | null, signal: AbortSignal): Promise<void> {
    if (next <= this.#highest || signal.aborted || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#sleepers.delete(sleeper);
        resolve();
      };
      const sleeper = { next, wake };
      const timer = pollMs === null ? undefined : setTimeout(wake, pollMs);
      signal.addEventListener('abort', wake);
      this.#sleepers.add(sleeper);
    });
  }
}
