import type { EventView } from '@yiqiu/contracts';
import { log } from '@yiqiu/contracts/grpc';
import { contextNames, type ContextName } from '@yiqiu/kernel';
import type { Backends } from '../backends/backends.ts';
import {
  before,
  cursorText,
  peerOf,
  placed,
  readRequest,
  type Cursor,
  type EventFilter,
  type PlacedEvent,
} from './read.ts';

const readDeadlineMs = 10_000;

export interface EventPage {
  readonly items: EventView[];
  readonly next: string | null;
}

/**
 * A page of the three logs in the order (hlc, context). Forwards from after the cursor; backwards, the newest first, from
 * before it. At most `limit` events of each log are read.
 */
export const readPage = async (
  backends: Backends,
  filter: EventFilter,
  { cursor, limit, backwards }: { readonly cursor: Cursor | null; readonly limit: number; readonly backwards: boolean },
): Promise<EventPage> => {
  const lists = await Promise.all(
    contextNames.map((context) =>
      filter.contexts.includes(context)
        ? readSome(backends, context, filter, {
            from: fromOf(cursor?.[context] ?? null, backwards),
            limit: limit + 1,
            backwards,
          })
        : Promise.resolve([]),
    ),
  );
  const order = backwards ? (a: PlacedEvent, b: PlacedEvent): number => before(b, a) : before;
  const merged = lists.flat().sort(order);
  const items = merged.slice(0, limit);
  const at: { [context in ContextName]: number } = { ...(cursor ?? edge(backwards)) };
  for (const { context, event } of items) at[context] = event.position;
  return {
    items: items.map(({ event }) => event),
    next: merged.length > limit ? cursorText(at) : null,
  };
};

/** 0 means the end of the log where one reads backwards. */
const fromOf = (position: number | null, backwards: boolean): number | null => {
  if (!backwards) return (position ?? 0) + 1;
  if (position === null || position >= Number.MAX_SAFE_INTEGER) return 0;
  return position <= 1 ? null : position - 1;
};

const edge = (backwards: boolean): Cursor => {
  const at = backwards ? Number.MAX_SAFE_INTEGER : 0;
  return { machine: at, resource: at, service: at };
};

const readSome = async (
  backends: Backends,
  context: ContextName,
  filter: EventFilter,
  { from, limit, backwards }: { readonly from: number | null; readonly limit: number; readonly backwards: boolean },
): Promise<PlacedEvent[]> => {
  if (from === null) return [];
  const request = readRequest(filter, { fromPosition: from, limit, backwards, follow: false });
  const found: PlacedEvent[] = [];
  const stream = peerOf(backends, context).stream(log.EventLogServiceService.read, request, {
    ...{ deadlineMs: readDeadlineMs, idempotent: true },
  });
  for await (const stored of stream) found.push(placed(context, stored));
  return found;
};
