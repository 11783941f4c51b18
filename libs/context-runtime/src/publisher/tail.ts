import type { EncodedEvent } from '@yiqiu/event-log';
import type { OutgoingEvent } from '@yiqiu/messaging';

/** Characters of the newest stored events that are kept to be published without reading them back. */
const lengthMax = 16 * 1024 * 1024;
const eventsMax = 20_000;

/** The end of the log, as it was stored: consecutive positions, bounded; what fell out is read from the log. */
export class Tail {
  #events: EncodedEvent[] = [];
  #head = 0;
  #length = 0;

  push(events: readonly EncodedEvent[]): void {
    const first = events[0];
    if (first === undefined) return;
    const last = this.#events.at(-1);
    if (last !== undefined && first.position !== last.position + 1) this.#clear();
    for (const event of events) {
      this.#events.push(event);
      this.#length += event.body.length;
    }
    while (this.#length > lengthMax || this.#events.length - this.#head > eventsMax) this.#dropFirst();
    this.#shrink();
  }

  /** Lets go of what is published. */
  release(position: number): void {
    for (
      let first = this.#events[this.#head];
      first !== undefined && first.position <= position;
      first = this.#events[this.#head]
    )
      this.#dropFirst();
    this.#shrink();
  }

  /** At most `max` events from `position` on, or null where they are not kept. */
  from(position: number, max: number, lineage: string): OutgoingEvent[] | null {
    const first = this.#events[this.#head];
    if (first === undefined || position < first.position) return null;
    const start = this.#head + position - first.position;
    if (start >= this.#events.length) return null;
    return this.#events.slice(start, start + max).map((event) => ({ ...event, lineage }));
  }

  #dropFirst(): void {
    this.#length -= this.#events[this.#head]?.body.length ?? 0;
    this.#head += 1;
  }

  #shrink(): void {
    if (this.#head * 2 <= this.#events.length) return;
    this.#events = this.#events.slice(this.#head);
    this.#head = 0;
  }

  #clear(): void {
    this.#events = [];
    this.#head = 0;
    this.#length = 0;
  }
}
