import { encodeEvent, type EventEnvelope } from '@yiqiu/kernel';
import { hash } from 'node:crypto';
import type { EncodedEvent } from './port.ts';

/**
 * Kernel's `leafHash` by the platform's own SHA-256, which is four times as fast: SHA-256(0x00 ‖ UTF-8 of the body). The
 * prefix is the character U+0000, whose UTF-8 is that byte.
 */
export const leafOf = (body: string): Uint8Array => hash('sha256', `\0${body}`, 'buffer');

/** The stored form of an event: the exact text, its leaf hash, and what stands in columns. Bounds are `checkEncoded`'s. */
export const encodeForLog = (event: EventEnvelope): EncodedEvent => {
  const body = encodeEvent(event);
  return {
    position: event.position,
    stream: event.stream,
    revision: event.revision,
    type: event.type,
    timeMs: Date.parse(event.time),
    body,
    leaf: leafOf(body),
  };
};
