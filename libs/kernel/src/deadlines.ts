import TinyQueue from 'tinyqueue';

export interface Deadline {
  /** ms since the epoch. */
  readonly at: number;
  readonly key: string;
}

/**
 * The deadlines of a state, earliest first: an index, rebuilt by `restore`, never hashed. One key has one deadline; setting
 * it again moves it. Removal is lazy: the heap may hold stale entries, `due` and `next` skip them.
 */
export class Deadlines {
  readonly #current = new Map<string, number>();
  #heap = new TinyQueue<Deadline>([], (a, b) => a.at - b.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

  set(key: string, at: number): void {
    this.#current.set(key, at);
    this.#heap.push({ at, key });
  }

  delete(key: string): void {
    this.#current.delete(key);
  }

  /** The earliest deadline, or null. */
  next(): Deadline | null {
    for (;;) {
      const top = this.#heap.peek();
      if (top === undefined) return null;
      if (this.#current.get(top.key) === top.at) return top;
      this.#heap.pop();
    }
  }

  /** Keys due at `nowMs`, earliest first, at most `max`. They stay until the events they cause delete them. */
  due(nowMs: number, max: number): string[] {
    return [...this.#current]
      .filter(([, at]) => at <= nowMs)
      .sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, max)
      .map(([key]) => key);
  }
}
