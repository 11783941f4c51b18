import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { eventStream } from '@yiqiu/contracts';
import type { ContextName } from '@yiqiu/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { asError, backoffMs, NoAnswerError, type BackoffLimits, type NatsLink } from '../connection/index.ts';
import type { BusEvent, EventBus, OutgoingEvent } from '../port.ts';
import { eventBoundsDefault, type StreamBounds } from '../streams.ts';
import { locate } from './locate.ts';
import { readEvent } from './message.ts';
import { StreamPublisher } from './publisher.ts';
import { readStream } from './session.ts';
import { streamEnd } from './stream-end.ts';

export interface NatsEventBusOptions {
  readonly bounds?: StreamBounds;
  /** What went wrong and is gone over: a consumer that has to begin again, a message that is no event. */
  readonly onProblem?: (error: Error) => void;
}

const retry: BackoffLimits = { firstMs: 200, maxMs: 5_000 };

/**
 * Domain events over JetStream. Consumers keep no state in the server: each one finds its place from its own cursor, again
 * after every trouble, so a restarted server, a lost store and a stream made anew are all the same to it.
 */
export class NatsEventBus implements EventBus {
  readonly #link: NatsLink;
  readonly #bounds: StreamBounds;
  readonly #onProblem: (error: Error) => void;
  readonly #manager: Promise<JetStreamManager>;
  readonly #publishers = new Map<ContextName, StreamPublisher>();

  constructor(link: NatsLink, options: NatsEventBusOptions = {}) {
    this.#link = link;
    this.#bounds = options.bounds ?? eventBoundsDefault;
    this.#onProblem = options.onProblem ?? (() => undefined);
    this.#manager = jetstreamManager(link.connection, { checkAPI: false });
  }

  async lastPublished(context: ContextName): Promise<{ position: number; lineage: string } | null> {
    this.#assertConnected(context);
    const last = (await streamEnd(await this.#manager, context))?.last ?? null;
    return last === null ? null : { position: last.position, lineage: last.lineage };
  }

  /** Also throws PublishGapError, where the stream's last event is not the one before the first of these. */
  async publish(context: ContextName, events: readonly OutgoingEvent[]): Promise<void> {
    this.#assertConnected(context);
    let publisher = this.#publishers.get(context);
    if (publisher === undefined) {
      publisher = new StreamPublisher(this.#link.connection, context, this.#bounds);
      this.#publishers.set(context, publisher);
    }
    await publisher.publish(events);
  }

  async *consume(context: ContextName, afterPosition: number, signal: AbortSignal): AsyncGenerator<BusEvent> {
    let cursor = afterPosition;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        this.#assertConnected(context);
        const manager = await this.#manager;
        const startSeq = await locate(manager, context, cursor);
        if (startSeq !== null) {
          for await (const message of readStream(this.#link.connection, manager, context, startSeq, signal)) {
            attempt = 0;
            const event = readEvent(message);
            if (event === null) {
              this.#onProblem(new Error(`message ${message.seq} on ${message.subject} is no event and was skipped`));
              continue;
            }
            yield event;
            cursor = event.position;
          }
        }
      } catch (error) {
        if (this.#link.connection.isClosed()) throw error;
        if (!signal.aborted) this.#onProblem(asError(error));
      }
      await pause(backoffMs(attempt, retry), signal);
    }
  }

  /** Without a server a request would only wait until it is late. */
  #assertConnected(context: ContextName): void {
    if (this.#link.status() !== 'connected') throw new NoAnswerError('disconnected', eventStream(context).name);
  }
}

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
};
