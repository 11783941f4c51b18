import type { ContextName } from '@yiqiu/kernel';
import { LogHoleError } from './port.ts';

/** Asserts that positions follow one another, in either direction; a reader without a filter holds one. */
export class OrderCheck {
  #expected: number;
  readonly #step: 1 | -1;
  readonly #context: ContextName;

  constructor(context: ContextName, expected: number, step: 1 | -1) {
    this.#context = context;
    this.#expected = expected;
    this.#step = step;
  }

  /** The position that must come next. */
  get expected(): number {
    return this.#expected;
  }

  /** Throws LogHoleError where `position` is not the one that must come. */
  next(position: number): void {
    if (position !== this.#expected) throw new LogHoleError(this.#context, this.#expected, position);
    this.#expected += this.#step;
  }

  /**
   * Nothing follows: then forwards the head must have been reached, backwards position 1. Throws LogHoleError otherwise;
   * its `found` is the first position behind the hole, `head + 1` or 0.
   */
  end(head: number): void {
    const behind = this.#step === 1 ? head + 1 : 0;
    const reached = this.#step === 1 ? this.#expected >= behind : this.#expected <= behind;
    if (!reached) throw new LogHoleError(this.#context, this.#expected, behind);
  }
}
