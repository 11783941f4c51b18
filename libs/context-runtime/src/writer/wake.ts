/** One sleeper, woken by a call that comes before or after it lies down. */
export class Wake {
  #called = false;
  #resolve: (() => void) | null = null;

  up(): void {
    this.#called = true;
    this.#resolve?.();
    this.#resolve = null;
  }

  /** Resolves at the next call, at once where there was one since the last wait. */
  async wait(): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#called = false;
  }
}
