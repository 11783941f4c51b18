import type { ContextName } from '@yiqiu/kernel';
import type { EncodedEvent, EventLog } from '@yiqiu/event-log';
import type { EventBus, OutgoingEvent } from '@yiqiu/messaging';
import type { FaultPoint } from '../fault-point.ts';
import { Backoff, pause, type Host } from '../host/index.ts';
import { errorText, type Reports } from '../reports.ts';
import { Wake } from '../writer/wake.ts';
import { Tail } from './tail.ts';

/** Events given to the bus at once. */
const publishMax = 500;

export interface PublisherOptions {
  readonly context: ContextName;
  readonly lineage: string;
  readonly log: EventLog;
  readonly bus: EventBus;
  readonly host: Host;
  readonly reports: Reports;
  readonly faultPoint: FaultPoint;
  readonly signal: AbortSignal;
  /** Where the log ends, durably. */
  readonly durablePosition: () => number;
  /** False once the lease has run out. */
  readonly mayPublish: () => boolean;
  /** How often the bus is asked whether it still holds what it acknowledged, ms. */
  readonly checkBusMs: number;
  /** Age, ms, beyond which an empty bus does not get events again; null: it gets the whole log. */
  readonly busRetentionMs: number | null;
}

/**
 * Publishes the log to the bus, in order, from where the bus ends. A bus that lost its end, or everything, gets it again;
 * what consumers see twice they drop.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #tail = new Tail();
  readonly #wake = new Wake();
  readonly #backoff = new Backoff();
  #published = 0;
  /** When the bus was last asked, monotonic ms; null: at once. */
  #checkedMs: number | null = null;

  constructor(options: PublisherOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => this.#wake.up(), { once: true });
  }

  /** Position up to which the bus has acknowledged. */
  get published(): number {
    return this.#published;
  }

  /** Tells of events that are durable now, as they were stored. */
  appended(events: readonly EncodedEvent[]): void {
    this.#tail.push(events);
    this.#wake.up();
  }

  /** Runs until the signal aborts. Never rejects. */
  async run(): Promise<void> {
    const { signal, host, reports, context } = this.#options;
    while (!signal.aborted) {
      try {
        if (this.#isCheckDue()) await this.#findStart();
        await this.#publishAll();
        this.#backoff.reset();
        await this.#sleep();
      } catch (error) {
        if (signal.aborted) return;
        this.#checkedMs = null;
        const message = `publishing stands at position ${this.#published} and will be tried again: ${errorText(error)}`;
        reports.alarm({ context, code: 'publisher-failing', message });
        await pause(host.timers, this.#backoff.next(), signal);
      }
    }
  }

  /** Asks the bus how far it is. What it does not hold any more is published again. */
  async #findStart(): Promise<void> {
    const { bus, context, log, host, reports, durablePosition } = this.#options;
    const last = await bus.lastPublished(context);
    this.#checkedMs = host.clock.monotonicMs();
    if (last === null) {
      this.#published = (await this.#firstKept()) - 1;
      return;
    }
    const own = last.position > durablePosition() ? null : await lineageAt(log, last.position);
    if (own === last.lineage) {
      this.#published = last.position;
      return;
    }
    const message = `the bus holds ${context} up to position ${last.position} of lineage ${last.lineage}, which is not this log's; publishing it anew`;
    reports.alarm({ context, code: 'bus-lineage', message });
    // Nothing below this log's own end counts as published then; while it stands so, the bus is not asked again.
    if (this.#published === 0) this.#published = (await this.#firstKept()) - 1;
  }

  /** The first position that a fresh bus gets. */
  async #firstKept(): Promise<number> {
    const { log, host, busRetentionMs, durablePosition } = this.#options;
    if (busRetentionMs === null) return 1;
    const sinceMs = host.clock.nowMs() - busRetentionMs;
    for await (const { position } of log.read(1, { sinceMs, limit: 1 })) return position;
    return durablePosition() + 1;
  }

  async #publishAll(): Promise<void> {
    const { bus, context, durablePosition, mayPublish, signal, faultPoint } = this.#options;
    while (this.#published < durablePosition() && mayPublish() && !signal.aborted) {
      const events = await this.#next();
      faultPoint('before-publish');
      await bus.publish(context, events);
      faultPoint('after-publish');
      this.#published = events.at(-1)?.position ?? this.#published;
      this.#tail.release(this.#published);
    }
  }

  async #next(): Promise<readonly OutgoingEvent[]> {
    const { log, lineage } = this.#options;
    const from = this.#published + 1;
    const kept = this.#tail.from(from, publishMax, lineage);
    if (kept !== null) return kept;
    const events: OutgoingEvent[] = [];
    for await (const { position, body, event } of log.read(from, { limit: publishMax })) {
      // A restored log goes on with another lineage; the bus takes events of one at a time.
      if (events.length > 0 && events[0]?.lineage !== event.lineage) break;
      events.push({ position, body, lineage: event.lineage, stream: event.stream, type: event.type });
    }
    if (events.length === 0) throw new Error(`the log gave nothing from position ${from}`);
    return events;
  }

  #isCheckDue(): boolean {
    const { host, checkBusMs } = this.#options;
    return this.#checkedMs === null || host.clock.monotonicMs() - this.#checkedMs >= checkBusMs;
  }

  async #sleep(): Promise<void> {
    const { host, checkBusMs } = this.#options;
    const cancel = host.timers.after(checkBusMs, () => this.#wake.up());
    await this.#wake.wait();
    cancel();
  }
}

const lineageAt = async (log: EventLog, position: number): Promise<string | null> => {
  for await (const { event } of log.read(position, { limit: 1 })) return event.lineage;
  return null;
};
