import { eventView, type EventView } from '@yiqiu/contracts';
import { log } from '@yiqiu/contracts/grpc';
import { contextNames, hlcCompare, type ContextName, type HlcTimestamp } from '@yiqiu/kernel';
import type { GrpcPeer } from '@yiqiu/platform-kit';
import { z } from 'zod';
import type { Backends } from '../backends/backends.ts';

/** How far a reader is in each log: the positions that it has seen. */
export type Cursor = { readonly [context in ContextName]: number };

export interface EventFilter {
  readonly contexts: readonly ContextName[];
  readonly stream: string | undefined;
  readonly type: string | undefined;
}

const hlc = z.object({ l: z.number(), c: z.number() });

/** An event with its place in the order over all logs: (hlc, context). */
export interface PlacedEvent {
  readonly context: ContextName;
  readonly hlc: HlcTimestamp;
  readonly event: EventView;
}

export const peerOf = (backends: Backends, context: ContextName): GrpcPeer => backends[context];

export const placed = (context: ContextName, { body }: log.StoredEvent): PlacedEvent => {
  const event = eventView.parse(JSON.parse(body));
  return { context, hlc: hlc.parse(event.meta['hlc']), event };
};

export const before = (a: PlacedEvent, b: PlacedEvent): number =>
  hlcCompare(a.hlc, b.hlc) || contextNames.indexOf(a.context) - contextNames.indexOf(b.context);

export const readRequest = (
  { stream, type }: EventFilter,
  more: Pick<log.ReadRequest, 'fromPosition' | 'limit' | 'backwards' | 'follow'>,
): log.ReadRequest => ({
  ...more,
  stream,
  types: type === undefined ? [] : [type],
  sinceMs: undefined,
  untilMs: undefined,
});

/** `machine:12,resource:40,service:4711` */
export const cursorText = (cursor: Cursor): string =>
  contextNames.map((context) => `${context}:${cursor[context]}`).join(',');

/** Null where the text is no cursor; a context that it leaves out begins at `missing`. */
export const parseCursor = (text: string, missing: Cursor): Cursor | null => {
  const found: { [context in ContextName]: number } = { ...missing };
  for (const part of text.split(',')) {
    const match = /^([a-z]+):(\d{1,16})$/.exec(part);
    const context = contextNames.find((name) => name === match?.[1]);
    if (context === undefined) return null;
    found[context] = Number(match?.[2]);
  }
  return found;
};

export const startCursor: Cursor = { machine: 0, resource: 0, service: 0 };
