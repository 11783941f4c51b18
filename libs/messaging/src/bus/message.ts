import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { eventHeaders } from '@yiqiu/contracts';
import type { BusEvent } from '../port.ts';

/** What stands in the headers of a published event. */
export interface EventPlace {
  readonly position: number;
  readonly lineage: string;
}

export const writePlace = ({ position, lineage }: EventPlace): MsgHdrs => {
  const written = headers();
  written.set(eventHeaders.position, String(position));
  written.set(eventHeaders.lineage, lineage);
  return written;
};

/** null where the message is none of ours: whoever may not publish events can still make the server put an answer there. */
export const readPlace = (found: MsgHdrs | undefined): EventPlace | null => {
  const position = Number(found?.get(eventHeaders.position) ?? '');
  const lineage = found?.get(eventHeaders.lineage) ?? '';
  return Number.isSafeInteger(position) && position >= 1 && lineage !== '' ? { position, lineage } : null;
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** null where the message is no event. */
export const readEvent = (message: {
  readonly headers?: MsgHdrs | undefined;
  readonly data: Uint8Array;
}): BusEvent | null => {
  const place = readPlace(message.headers);
  if (place === null) return null;
  try {
    return { ...place, body: decoder.decode(message.data) };
  } catch {
    // Not UTF-8, so not the text of an event: the caller counts it like one without headers.
    return null;
  }
};
