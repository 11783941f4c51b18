const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What a person sees of the start: each step by name at once, its note and duration when it is done. */
export class Steps {
  readonly #started = performance.now();

  constructor(readonly write: (text: string) => void) {}

  async run<T>(name: string, work: () => Promise<T>, note: (result: T) => string = () => 'done'): Promise<T> {
    const started = performance.now();
    this.write(`  ${name} …`);
    try {
      const result = await work();
      this.write(` ${note(result)} (${seconds(performance.now() - started)})\n`);
      return result;
    } catch (error) {
      this.write(` failed after ${seconds(performance.now() - started)}\n`);
      throw error;
    }
  }

  say(line: string): void {
    this.write(`${line}\n`);
  }

  elapsed(): string {
    return seconds(performance.now() - this.#started);
  }
}
