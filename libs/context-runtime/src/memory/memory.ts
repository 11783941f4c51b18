import type { ContextName, EventEnvelope, HlcTimestamp, Seen } from '@yiqiu/kernel';
import { hlcMax, hlcZero, isoTime } from '@yiqiu/kernel';
import type { Cursors, Head } from '@yiqiu/event-log';

/**
 * What the writer holds of its log: the folded state and what it needs to put the next event in its place. It may be ahead
 * of the log by the batches that are decided and not yet stored.
 */
export class Memory<S> {
  readonly state: S;
  readonly revisions: Map<string, number>;
  lineage = '';
  epoch = 0;
  /** Of the last event folded or decided. */
  position = 0;
  hlc: HlcTimestamp = hlcZero;
  #timeText = isoTime(0);
  #cursors: Cursors = {};
  #seen: Seen = {};

  constructor(state: S, revisions: Map<string, number> = new Map()) {
    this.state = state;
    this.revisions = revisions;
  }

  /** How far each foreign log is consumed. */
  get cursors(): Cursors {
    return this.#cursors;
  }

  /** The same as it stands in events. */
  get seen(): Seen {
    return this.#seen;
  }

  moveCursor(context: ContextName, position: number, lineage: string): void {
    this.setCursors({ ...this.#cursors, [context]: { position, lineage } });
  }

  setCursors(cursors: Cursors): void {
    this.#cursors = cursors;
    this.#seen = Object.fromEntries(Object.entries(cursors).map(([context, at]) => [context, at.position]));
  }

  /** Notes an event of our own log that the state has folded. */
  note(event: EventEnvelope): void {
    this.position = event.position;
    this.revisions.set(event.stream, event.revision);
    this.hlc = hlcMax(this.hlc, event.meta.hlc);
    this.#timeText = event.time;
  }

  /** Time of the last event, ms since the epoch: `now` never goes below. */
  get timeMs(): number {
    return Date.parse(this.#timeText);
  }

  set timeMs(timeMs: number) {
    this.#timeText = isoTime(timeMs);
  }

  /** Takes over what the head row says: lineage, epoch, cursors and the promise about later timestamps. */
  lead(head: Head): void {
    this.lineage = head.lineage;
    this.epoch = head.epoch;
    this.hlc = hlcMax(this.hlc, head.closed);
    this.setCursors(head.cursors);
  }
}
