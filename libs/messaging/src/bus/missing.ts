import type { OutgoingEvent } from '../port.ts';
import type { EventPlace } from './message.ts';

/**
 * The stream lacks what comes before: it lost its end, or was not told of it. The publisher asks `lastPublished` and goes
 * on from there.
 */
export class PublishGapError extends Error {
  override readonly name = 'PublishGapError';
  constructor(
    readonly lastPosition: number,
    readonly firstPosition: number,
  ) {
    super(`the bus has events up to ${lastPosition}, publishing ${firstPosition} next would leave a hole`);
  }
}

/**
 * What of `events` does not yet stand in a stream that ends with `last`. Throws {@link PublishGapError}; and a plain error
 * where `events` are not consecutive events of one lineage.
 */
export const missingAfter = (last: EventPlace | null, events: readonly OutgoingEvent[]): readonly OutgoingEvent[] => {
  const [first] = events;
  if (first === undefined) return [];
  events.forEach((event, index) => {
    if (event.position !== first.position + index || event.lineage !== first.lineage) {
      throw new Error(
        `events to publish are not consecutive: ${event.lineage}:${event.position} at ${index} after ${first.lineage}:${first.position}`,
      );
    }
  });
  if (last === null || last.lineage !== first.lineage) return events;
  if (first.position > last.position + 1) throw new PublishGapError(last.position, first.position);
  return events.slice(last.position + 1 - first.position);
};

/** Consecutive pieces within both bounds; an event above the bytes alone is a piece of its own. */
export function* chunksOf(
  events: readonly OutgoingEvent[],
  { messagesMax, bytesMax }: { readonly messagesMax: number; readonly bytesMax: number },
): Generator<readonly OutgoingEvent[]> {
  let chunk: OutgoingEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    if (chunk.length > 0 && (chunk.length === messagesMax || bytes + event.body.length > bytesMax)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(event);
    bytes += event.body.length;
  }
  if (chunk.length > 0) yield chunk;
}
