/** One line of progress on stderr: rewritten in place on a terminal, a new line for each change elsewhere. */
export class ProgressLine {
  #last = '';

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  /** `passing` (a clock) is shown on a terminal only. */
  show(text: string, passing = ''): void {
    if (this.stream.isTTY === true) {
      const line = `${text}${passing}`.slice(0, Math.max(20, (this.stream.columns || 80) - 1));
      this.stream.write(`\r\x1b[K${line}`);
    } else if (text !== this.#last) this.stream.write(`${text}\n`);
    this.#last = text;
  }

  /** Leaves the terminal clean. */
  clear(): void {
    if (this.stream.isTTY === true && this.#last !== '') this.stream.write('\r\x1b[K');
  }
}
