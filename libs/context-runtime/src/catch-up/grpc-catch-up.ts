import type { ContextName } from '@yiqiu/kernel';
import { log } from '@yiqiu/contracts/grpc';
import type { CatchUp } from './port.ts';

/** Events asked for at once, and how long that may take, ms. */
const pageEvents = 1_000;
const pageDeadlineMs = 30_000;
const headDeadlineMs = 5_000;

/** A method of a generated service definition, as a client needs it. */
interface Method<Q, A, Streams extends boolean> {
  readonly path: string;
  readonly requestStream: false;
  readonly responseStream: Streams;
  readonly requestSerialize: (value: Q) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => A;
}

/** A process that serves its log: the part of platform-kit's `GrpcPeer` that is needed. */
export interface LogPeer {
  call<Q, A>(
    method: Method<Q, A, false>,
    request: Q,
    options: { readonly deadlineMs: number; readonly idempotent: boolean; readonly signal: AbortSignal },
  ): Promise<A>;
  stream<Q, A>(
    method: Method<Q, A, true>,
    request: Q,
    options: { readonly deadlineMs: number; readonly signal: AbortSignal },
  ): AsyncIterable<A>;
}

const { read, head } = log.EventLogServiceService;

/** Catches up from the owners over gRPC, a page at a time, each with a deadline. Retrying is the caller's. */
export const grpcCatchUp = (peers: { readonly [context in ContextName]?: LogPeer }): CatchUp => {
  const peerOf = (context: ContextName): LogPeer => {
    const peer = peers[context];
    if (peer === undefined)
      throw new Error(`the owner of log ${context} is not known, only of ${Object.keys(peers).join(', ')}`);
    return peer;
  };
  return {
    head: async (context, signal) => {
      const { lineage, position } = await peerOf(context).call(
        head,
        { moveClosed: false },
        { deadlineMs: headDeadlineMs, idempotent: true, signal },
      );
      return { lineage, position };
    },
    async *read(context, from, to, signal) {
      for (let next = from; next <= to && !signal.aborted; next += pageEvents) {
        const limit = Math.min(pageEvents, to - next + 1);
        const request: log.ReadRequest = { fromPosition: next, limit, backwards: false, types: [], follow: false };
        yield* peerOf(context).stream(read, request, { deadlineMs: pageDeadlineMs, signal });
      }
    },
  };
};
