import type { EventEnvelope, NewEvent } from './envelope.ts';
import type { DomainError } from './domain-error.ts';
import { refusal } from './domain-error.ts';

/** Bounds of one event; one that passes them is refused before the append, alone. */
export const eventBytesMax = 256 * 1024;
export const streamLengthMax = 200;
export const typeLengthMax = 80;

const streamPattern = /^[a-z][a-z0-9-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/;
const typePattern = /^[A-Z][A-Za-z0-9]*$/;

/** Refuses what must not stand in the columns: names, types and streams hold no NUL, no surrogate, no free text. */
export const checkEventNames = (event: NewEvent): DomainError | null => {
  if (event.stream.length > streamLengthMax || !streamPattern.test(event.stream)) {
    return refusal(
      'invalid',
      'event-stream-invalid',
      `stream ${JSON.stringify(event.stream)} is not <aggregate>/<uid>`,
      {
        errors: [
          {
            field: 'stream',
            value: event.stream,
            allowed: `${streamPattern.source}, at most ${streamLengthMax} characters`,
          },
        ],
      },
    );
  }
  if (event.type.length > typeLengthMax || !typePattern.test(event.type)) {
    return refusal('invalid', 'event-type-invalid', `type ${JSON.stringify(event.type)} is not a past-tense name`, {
      errors: [
        { field: 'type', value: event.type, allowed: `${typePattern.source}, at most ${typeLengthMax} characters` },
      ],
    });
  }
  if (!Number.isSafeInteger(event.version) || event.version < 1) {
    return refusal(
      'invalid',
      'event-version-invalid',
      `version ${event.version} of ${event.type} is not a positive integer`,
    );
  }
  return null;
};

/**
 * The stored form of an event: one line of JSON, which is what is hashed, stored, published and verified. Strings
 * round-trip whatever they hold, since JSON escapes NUL and lone surrogates; so the text is valid UTF-8 without NUL.
 * The key order is fixed here, once.
 */
export const encodeEvent = (event: EventEnvelope): string =>
  JSON.stringify({
    id: event.id,
    context: event.context,
    lineage: event.lineage,
    position: event.position,
    stream: event.stream,
    revision: event.revision,
    type: event.type,
    version: event.version,
    time: event.time,
    data: event.data,
    meta: event.meta,
  });

/** The inverse of {@link encodeEvent}. The text comes from our own log or from a publisher that read it there. */
export const decodeEvent = (body: string): EventEnvelope => JSON.parse(body) as EventEnvelope;
