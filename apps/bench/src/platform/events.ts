import { eventView, type EventView } from '@yiqiu/contracts';
import { waitFor } from '@yiqiu/testing';
import { z } from 'zod';
import type { Rest } from './rest.ts';

const connectDeadlineMs = 10_000;
const eventPage = z.object({ items: z.array(eventView), next: z.string().nullable() });

export interface Following {
  close(): Promise<void>;
}

/** Server-sent events from now on. `query`: `` or `context=machine`. Resolves when the stream has begun. */
export const followEvents = async (
  rest: Rest,
  query: string,
  onEvent: (event: EventView) => void,
): Promise<Following> => {
  const stop = new AbortController();
  const stream = await rest.open(`/events/stream?${query}`, stop.signal);
  let hasBegun = false;
  const reading = read(stream, (line) => {
    hasBegun = true;
    const event = eventOfLine(line);
    if (event !== null) onEvent(event);
  }).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  await waitFor(() => hasBegun, { deadlineMs: connectDeadlineMs, what: 'the event stream to begin' });
  return {
    close: async () => {
      stop.abort();
      await reading;
    },
  };
};

/** The event that a `data:` line holds; null for any other line: comments, ids, types. */
export const eventOfLine = (line: string): EventView | null =>
  line.startsWith('data:') ? eventView.parse(JSON.parse(line.slice('data:'.length))) : null;

const read = async (stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> => {
  let rest = '';
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
};

/** Where the log of the service layer stands. */
export const lastPosition = async (rest: Rest): Promise<number> => {
  const { items } = eventPage.parse(await rest.get('/events?context=service&backwards=true&limit=1'));
  return items[0]?.position ?? 0;
};

/** All events of the service layer after a position. */
export const eventsAfter = async (rest: Rest, position: number): Promise<EventView[]> => {
  const found: EventView[] = [];
  let page = eventPage.parse(await rest.get(`/events?context=service&limit=1000&from=${position + 1}`));
  for (;;) {
    found.push(...page.items);
    if (page.next === null) return found;
    page = eventPage.parse(
      await rest.get(`/events?context=service&limit=1000&cursor=${encodeURIComponent(page.next)}`),
    );
  }
};
