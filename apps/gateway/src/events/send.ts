import type { ServerResponse } from 'node:http';
import type { ContextName } from '@yiqiu/kernel';
import { cursorText, type Cursor, type PlacedEvent } from './read.ts';

const pingEveryMsDefault = 15_000;

export interface SendOptions {
  /** Told of a failure of the source. */
  readonly failed: (error: unknown) => void;
  /** ms; 15,000 where absent. */
  readonly pingEveryMs?: number;
}

/**
 * Sends events as server-sent ones until the client is gone, at its pace, with a ping comment each 15 s. The id of each says how
 * far its reader is in every log. A failure of the source ends the response; the client comes back with its last id.
 */
export const sendEvents = async (
  response: ServerResponse,
  from: Cursor,
  source: (signal: AbortSignal) => AsyncIterable<PlacedEvent>,
  { failed, pingEveryMs = pingEveryMsDefault }: SendOptions,
): Promise<void> => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.once('error', () => gone.abort());
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write(': connected\n\n');
  const ping = setInterval(() => response.write(': ping\n\n'), pingEveryMs);
  const at: { [context in ContextName]: number } = { ...from };
  try {
    for await (const { context, event } of source(gone.signal)) {
      at[context] = event.position;
      const text = `id: ${cursorText(at)}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
      if (!response.write(text)) await drained(response, gone.signal);
    }
  } catch (error) {
    failed(error);
  } finally {
    clearInterval(ping);
    response.end();
  }
};

const drained = (response: ServerResponse, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
