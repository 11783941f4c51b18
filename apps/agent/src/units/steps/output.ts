import { outputBytesMax } from '@yiqiu/contracts';
import { lastBytes } from '../../layout/index.ts';

/** What a step's hooks wrote, the last 64 KiB of it, each under its name where there are several. */
export class StepOutput {
  readonly #parts: { readonly title: string; readonly text: string }[] = [];
  #truncated = false;

  add(title: string, text: string, truncated: boolean): void {
    this.#truncated ||= truncated;
    if (text !== '') this.#parts.push({ title, text });
  }

  read(): { readonly output: string; readonly outputTruncated: boolean } {
    const whole = this.#parts
      .map(({ title, text }) => (this.#parts.length === 1 ? text : `== ${title}\n${text.replace(/\n?$/, '\n')}`))
      .join('');
    const output = lastBytes(whole, outputBytesMax);
    return { output, outputTruncated: this.#truncated || output.length < whole.length };
  }
}
