import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { EMPTY } from 'rxjs';
import type { Observable } from 'rxjs';

/**
 * Writes a server-streaming answer at the pace of its reader, where Nest's own way buffers without bound. Use it as the
 * handler's result: `return streamOut(call, (signal) => items(signal))`. The signal aborts when the caller is gone or
 * the process stops; the source has to end then.
 */
export const streamOut = async <Request, Response>(
  call: ServerWritableStream<Request, Response>,
  source: (signal: AbortSignal) => AsyncIterable<Response>,
  stopping?: AbortSignal,
): Promise<Observable<never>> => {
  const gone = new AbortController();
  const onCancelled = (): void => gone.abort();
  call.on('cancelled', onCancelled);
  const signal = stopping === undefined ? gone.signal : AbortSignal.any([gone.signal, stopping]);
  try {
    if (call.cancelled) return EMPTY;
    for await (const item of source(signal)) {
      if (signal.aborted) break;
      if (!call.write(item)) await drained(call, signal);
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    call.off('cancelled', onCancelled);
  }
  return EMPTY;
};

const drained = async (call: NodeJS.EventEmitter, signal: AbortSignal): Promise<void> => {
  try {
    await once(call, 'drain', { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
