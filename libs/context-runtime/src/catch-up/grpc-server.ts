import { once } from 'node:events';
import { status, type sendUnaryData, type ServerWritableStream } from '@grpc/grpc-js';
import { RefusedError, type ErrorKind } from '@yiqiu/kernel';
import type { log } from '@yiqiu/contracts/grpc';
import { errorText } from '../reports.ts';
import { readBlob, readEvents, readHead, type ServedLog } from './serve.ts';

const statusOfKind: { readonly [kind in ErrorKind]: status } = {
  malformed: status.INVALID_ARGUMENT,
  invalid: status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  conflict: status.ALREADY_EXISTS,
  precondition: status.FAILED_PRECONDITION,
  'too-large': status.OUT_OF_RANGE,
  exhausted: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  forbidden: status.PERMISSION_DENIED,
};

const asStatus = (error: unknown): { readonly code: status; readonly details: string } => {
  if (error instanceof RefusedError) return { code: statusOfKind[error.error.kind], details: error.error.message };
  return { code: status.INTERNAL, details: errorText(error) };
};

/**
 * The service yiqiu.log.v1.EventLogService for a plain grpc-js server: `server.addService(log.EventLogServiceService,
 * eventLogHandlers(served))`. A Nest controller uses the functions of `serve.ts` itself.
 */
export const eventLogHandlers = (served: ServedLog): log.EventLogServiceServer => ({
  read: (call) => void stream(call, (signal) => readEvents(served, call.request, signal)),
  readBlob: (call) => void stream(call, (signal) => readBlob(served, call.request, signal)),
  head: (call, callback) => void answer(callback, () => readHead(served, call.request)),
  stateHash: (_call, callback) => void answer(callback, () => served.stateHash()),
});

const answer = async <T>(callback: sendUnaryData<T>, ask: () => Promise<T>): Promise<void> => {
  try {
    callback(null, await ask());
  } catch (error) {
    callback(asStatus(error));
  }
};

/** Writes at the reader's pace, until it is gone. */
const stream = async <Q, A>(
  call: ServerWritableStream<Q, A>,
  source: (signal: AbortSignal) => AsyncIterable<A>,
): Promise<void> => {
  const gone = new AbortController();
  const onGone = (): void => gone.abort();
  call.once('cancelled', onGone);
  call.once('close', onGone);
  try {
    for await (const item of source(gone.signal)) {
      if (gone.signal.aborted) return;
      if (!call.write(item)) await once(call, 'drain', { signal: gone.signal });
    }
    call.end();
  } catch (error) {
    if (!gone.signal.aborted) call.emit('error', asStatus(error));
  }
};
