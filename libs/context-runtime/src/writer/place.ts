import type { DomainError, EventEnvelope, HlcTimestamp, Ids, NewEvent } from '@yiqiu/kernel';
import { checkEventNames, encodeEvent, eventBytesMax, hlcTick, isoTime, refusal } from '@yiqiu/kernel';
import type { ContextName } from '@yiqiu/kernel';
import { leafOf, type EncodedEvent } from '@yiqiu/event-log';
import type { Memory } from '../memory/index.ts';

/** From whom and from what a decision comes; it goes into the `meta` of its events. */
export interface Origin {
  readonly commandId: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly tenant: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly source: { readonly context: ContextName; readonly position: number } | null;
}

export interface PlacedEvent {
  readonly encoded: EncodedEvent;
  /** What the log will give back: parsed from the stored text, so that memory is the fold of exactly that. */
  readonly event: EventEnvelope;
}

export interface Placed {
  readonly events: readonly PlacedEvent[];
  readonly hlc: HlcTimestamp;
  readonly bytes: number;
}

export interface PlaceOptions<S> {
  readonly memory: Memory<S>;
  readonly context: ContextName;
  readonly ids: Ids;
  readonly nowMs: number;
  readonly origin: Origin;
}

/**
 * Gives new events their places and encodes them, without touching memory. Answers the refusal where a name is not
 * allowed or an encoded event is larger than `eventBytesMax`. Throws what JSON.stringify throws on a value it cannot take.
 */
export const placeEvents = <S>(newEvents: readonly NewEvent[], options: PlaceOptions<S>): Placed | DomainError => {
  const { memory, context, ids, nowMs, origin } = options;
  const events: PlacedEvent[] = [];
  const time = isoTime(nowMs);
  const nextRevision = revisionCounter(memory, newEvents.length);
  let hlc = memory.hlc;
  let bytes = 0;
  for (const newEvent of newEvents) {
    const wrongName = checkEventNames(newEvent);
    if (wrongName !== null) return wrongName;
    hlc = hlcTick(hlc, nowMs);
    const position = memory.position + events.length + 1;
    const revision = nextRevision(newEvent.stream);
    const body = encodeEvent({
      id: ids.uuid(nowMs),
      context,
      lineage: memory.lineage,
      position,
      stream: newEvent.stream,
      revision,
      type: newEvent.type,
      version: newEvent.version,
      time,
      data: newEvent.data,
      meta: { ...origin, hlc, seen: memory.seen },
    });
    const size = Buffer.byteLength(body);
    if (size > eventBytesMax) return tooLarge(newEvent, size);
    bytes += size;
    const event: EventEnvelope = JSON.parse(body);
    events.push({
      encoded: {
        position,
        stream: newEvent.stream,
        revision,
        type: newEvent.type,
        timeMs: nowMs,
        body,
        leaf: leafOf(body),
      },
      event,
    });
  }
  return { events, hlc, bytes };
};

/** Counts on from memory; keeps its own account only where one decision has several events. */
const revisionCounter = <S>(memory: Memory<S>, count: number): ((stream: string) => number) => {
  if (count === 1) return (stream) => (memory.revisions.get(stream) ?? 0) + 1;
  const own = new Map<string, number>();
  return (stream) => {
    const revision = (own.get(stream) ?? memory.revisions.get(stream) ?? 0) + 1;
    own.set(stream, revision);
    return revision;
  };
};

const tooLarge = (event: NewEvent, size: number): DomainError =>
  refusal(
    'too-large',
    'event-too-large',
    `event ${event.type} of ${event.stream} is ${size} bytes, at most ${eventBytesMax} are allowed`,
  );
