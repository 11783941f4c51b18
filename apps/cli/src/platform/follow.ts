import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { CliError, exitCodes } from '../exit.ts';
import type { Query, Rest } from './rest.ts';

interface Follower {
  readonly rest: Rest;
  readonly say: (line: string) => void;
}

const retryMs = 1_000;
/** The gateway pings each 15 s: silence beyond two of them is a dead connection. */
const silentMsMax = 35_000;

interface Received {
  readonly id: string | undefined;
  readonly data: string;
}

/** Events as they come, for ever; after a break of the connection it goes on where it was. The first connect has to succeed. */
export async function* followEvents(session: Follower, query: Query): AsyncGenerator<unknown> {
  let last: string | null = null;
  let isConnected = false;
  for (;;) {
    const stop = new AbortController();
    try {
      const headers = last === null ? {} : { 'last-event-id': last };
      const response = await session.rest.open(
        '/events/stream',
        query,
        { accept: 'text/event-stream', ...headers },
        stop.signal,
      );
      isConnected = true;
      for await (const { id, data } of messages(response, () => stop.abort())) {
        if (id !== undefined) last = id;
        yield JSON.parse(data);
      }
    } catch (error) {
      const isAway = !(error instanceof CliError) || error.exitCode === exitCodes.unreachable;
      if (!isConnected || !isAway) throw error;
    } finally {
      stop.abort();
    }
    session.say('the connection broke; going on where it was');
    await delay(retryMs);
  }
}

async function* messages(response: Response, giveUp: () => void): AsyncGenerator<Received> {
  const found: Received[] = [];
  const parser = createParser({ onEvent: ({ id, data }) => found.push({ id, data }) });
  const decoder = new TextDecoder();
  let watch = setTimeout(giveUp, silentMsMax);
  try {
    for await (const chunk of response.body ?? []) {
      clearTimeout(watch);
      watch = setTimeout(giveUp, silentMsMax);
      parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
      yield* found.splice(0);
    }
  } finally {
    clearTimeout(watch);
  }
}
