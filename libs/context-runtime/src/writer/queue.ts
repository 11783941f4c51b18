/** First in, first out, bounded by its owner. Taking from the front does not move what stays. */
export class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The first `max` items, which stay. */
  peek(max: number): T[] {
    return this.#items.slice(this.#head, this.#head + max);
  }

  drop(count: number): void {
    this.#head = Math.min(this.#head + count, this.#items.length);
    if (this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }

  /** Everything, in order; the queue is empty then. */
  drain(): T[] {
    const all = this.peek(this.size);
    this.drop(all.length);
    return all;
  }
}
