import {
  JetStreamApiCodes,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { RequestError, type NatsConnection } from '@nats-io/transport-node';
import { eventMessageId, eventStream, eventSubject } from '@yiqiu/contracts';
import type { ContextName } from '@yiqiu/kernel';
import type { OutgoingEvent } from '../port.ts';
import { ensureStream, eventStreamConfig, isStreamMissing, type StreamBounds } from '../streams.ts';
import { writePlace, type EventPlace } from './message.ts';
import { chunksOf, missingAfter, PublishGapError } from './missing.ts';
import { streamEnd } from './stream-end.ts';

/** Messages and bytes on their way to the server before their acknowledgements are awaited. */
const inFlight = { messagesMax: 256, bytesMax: 4 * 1024 ** 2 };
const ackTimeoutMs = 5_000;
/** Tries of one `publish` to find the stream's end, where another publisher or a lost stream moved it. */
const attemptsMax = 5;

interface End {
  readonly lastSeq: number;
  readonly last: EventPlace | null;
}

/** JetStream's "wrong last msg ID". */
const wrongLastMessageId = 10_070;

/**
 * Publishes one context's events so that they stand in the stream in order, without holes and without repetition. The
 * first message of a piece says which sequence it must follow, each further one which message; anywhere else they are
 * refused. (By sequences alone, a foreign message between would let the second in where the first was refused.)
 */
export class StreamPublisher {
  readonly #context: ContextName;
  readonly #bounds: StreamBounds;
  readonly #client: JetStreamClient;
  readonly #manager: Promise<JetStreamManager>;
  #end: End | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(connection: NatsConnection, context: ContextName, bounds: StreamBounds) {
    this.#context = context;
    this.#bounds = bounds;
    this.#client = jetstream(connection, { timeout: ackTimeoutMs });
    this.#manager = jetstreamManager(connection, { checkAPI: false, timeout: ackTimeoutMs });
  }

  /** One after another, in the order of the calls. */
  publish(events: readonly OutgoingEvent[]): Promise<void> {
    const run = this.#running.then(() => this.#publish(events));
    this.#running = run.catch(() => {
      // Its caller has the error; the next one starts from the stream's end as it is then.
    });
    return run;
  }

  async #publish(events: readonly OutgoingEvent[]): Promise<void> {
    let suffix = '';
    for (let attempt = 1; ; attempt++) {
      const remembered = this.#end !== null;
      try {
        this.#end ??= await this.#readEnd();
        for (const chunk of chunksOf(missingAfter(this.#end.last, events), inFlight)) {
          this.#end = await this.#publishChunk(this.#end, chunk, suffix);
        }
        return;
      } catch (error) {
        const lastSeq = this.#end?.lastSeq ?? 0;
        this.#end = null;
        const another = isWorthARetry(error) || (remembered && error instanceof PublishGapError);
        if (attempt === attemptsMax || !another) throw error;
        // The server still knows the id of a message that the stream no longer holds.
        if (error instanceof StaleDuplicateError) suffix = `#${lastSeq}`;
      }
    }
  }

  async #readEnd(): Promise<End> {
    const manager = await this.#manager;
    await ensureStream(manager, eventStreamConfig(this.#context, this.#bounds));
    const end = await streamEnd(manager, this.#context);
    if (end === null) throw new Error(`stream ${eventStream(this.#context).name} went away while it was made`);
    return end;
  }

  async #publishChunk(end: End, chunk: readonly OutgoingEvent[], suffix: string): Promise<End> {
    const streamName = eventStream(this.#context).name;
    const idOf = (event: OutgoingEvent): string => `${eventMessageId(event.lineage, event.position)}${suffix}`;
    const acks = await Promise.allSettled(
      chunk.map((event, index) => {
        const before = chunk[index - 1];
        return this.#client.publish(eventSubject(this.#context, event.stream, event.type), event.body, {
          msgID: idOf(event),
          headers: writePlace(event),
          expect: {
            streamName,
            ...(before === undefined ? { lastSequence: end.lastSeq } : { lastMsgID: idOf(before) }),
          },
          timeout: ackTimeoutMs,
        });
      }),
    );
    let { lastSeq, last } = end;
    for (const [index, ack] of acks.entries()) {
      if (ack.status === 'rejected') throw ack.reason;
      if (ack.value.duplicate) throw new StaleDuplicateError();
      lastSeq = ack.value.seq;
      last = chunk[index] ?? last;
    }
    return { lastSeq, last: last === null ? null : { position: last.position, lineage: last.lineage } };
  }
}

class StaleDuplicateError extends Error {}

/** The end of the stream is not where we thought, or the stream is gone: looking again may mend both. */
const isWorthARetry = (error: unknown): boolean =>
  error instanceof StaleDuplicateError ||
  isStreamMissing(error) ||
  (error instanceof JetStreamApiError &&
    (error.code === JetStreamApiCodes.StreamWrongLastSequence || error.code === wrongLastMessageId)) ||
  (error instanceof Error && error.cause instanceof RequestError && error.cause.isNoResponders());
