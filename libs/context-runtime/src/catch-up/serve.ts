import { RefusedError, refusal, type DomainError } from '@yiqiu/kernel';
import type { log } from '@yiqiu/contracts/grpc';
import type { ConsumerHalt } from '../port.ts';
import { patiently, readPatiently } from './patience.ts';
import { blobReadBytesMax, type EventLog, type ReadOptions, type StoredEvent } from '@yiqiu/event-log';

/** What a context shows of its log. */
export interface ServedLog {
  readonly log: EventLog;
  /** Of the leader; refuses `unavailable` elsewhere. */
  stateHash(): Promise<{ readonly position: number; readonly hash: string }>;
  /** Moves the closed timestamp to now, where it leads. */
  moveClosed(): Promise<void>;
  /** What its context no longer hears. */
  halts(): readonly ConsumerHalt[];
}

/** Bytes of a blob in one message. */
const blobChunkBytes = Math.min(256 * 1024, blobReadBytesMax);

/**
 * Events of a log as asked: forwards from a position, or backwards from it (0: from the end), filtered, with `follow` also
 * what comes. Ends when the signal aborts. Throws RefusedError `malformed` for what cannot be asked, `unavailable` where the
 * log cannot be reached for a while.
 */
export async function* readEvents(
  { log }: Pick<ServedLog, 'log'>,
  request: log.ReadRequest,
  signal: AbortSignal,
): AsyncGenerator<log.StoredEvent, void, undefined> {
  const problem = checkRead(request);
  if (problem !== null) throw new RefusedError(problem);
  const source = request.follow
    ? follow(log, request, signal)
    : readPatiently(log, firstOf(request), readOptions(request, signal));
  try {
    for await (const { position, body } of source) yield { position, body };
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

export const readHead = async (
  { log, halts, moveClosed }: Pick<ServedLog, 'log' | 'halts' | 'moveClosed'>,
  request: log.HeadRequest,
): Promise<log.HeadResponse> => {
  if (request.moveClosed) await moveClosed();
  const { context, lineage, position, epoch, closed } = await patiently(log, () => log.head());
  return { context, lineage, position, epoch, closedL: closed.l, closedC: closed.c, halts: [...halts()] };
};

/** A blob in pieces. Throws RefusedError `not-found`. */
export async function* readBlob(
  { log }: Pick<ServedLog, 'log'>,
  { digest }: log.ReadBlobRequest,
  signal: AbortSignal,
): AsyncGenerator<log.BlobChunk, void, undefined> {
  if (!/^[0-9a-f]{64}$/.test(digest)) {
    const errors = [{ field: 'digest', value: digest.slice(0, 100).toWellFormed(), allowed: '64 hexadecimal digits' }];
    throw new RefusedError(
      refusal('malformed', 'digest-malformed', 'a digest is SHA-256 in hexadecimal digits', { errors }),
    );
  }
  for (let offset = 0; !signal.aborted;) {
    const piece = await patiently(log, () => log.blobs.read(digest, offset, blobChunkBytes), signal);
    if (piece === null) throw new RefusedError(refusal('not-found', 'blob-not-found', `there is no blob ${digest}`));
    yield piece;
    offset += piece.bytes.length;
    if (offset >= piece.size) return;
  }
}

const checkRead = ({ fromPosition, limit, backwards, follow }: log.ReadRequest): DomainError | null => {
  if (!Number.isSafeInteger(fromPosition) || fromPosition < 0)
    return malformed('from_position', fromPosition, 'an integer of at least 0');
  if (!Number.isSafeInteger(limit) || limit < 0) return malformed('limit', limit, 'an integer of at least 0');
  if (follow && backwards) return malformed('follow', true, 'false where backwards is true');
  return null;
};

const malformed = (field: string, value: number | boolean, allowed: string): DomainError =>
  refusal('malformed', 'read-malformed', `${field} is ${value}, allowed is ${allowed}`, {
    errors: [{ field, value, allowed }],
  });

const firstOf = ({ fromPosition, backwards }: log.ReadRequest): number => {
  if (fromPosition > 0) return fromPosition;
  return backwards ? Number.POSITIVE_INFINITY : 1;
};

const readOptions = (
  request: log.ReadRequest,
  signal: AbortSignal,
): ReadOptions & { readonly signal: AbortSignal } => ({
  signal,
  backwards: request.backwards,
  ...(request.limit > 0 ? { limit: request.limit } : {}),
  ...(request.stream === undefined ? {} : { stream: request.stream }),
  ...(request.types.length === 0 ? {} : { types: request.types }),
  ...(request.sinceMs === undefined ? {} : { sinceMs: request.sinceMs }),
  ...(request.untilMs === undefined ? {} : { untilMs: request.untilMs }),
});

async function* follow(
  log: EventLog,
  request: log.ReadRequest,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent, void, undefined> {
  const { stream, types, sinceMs = 0, untilMs = Number.POSITIVE_INFINITY, limit } = request;
  const listed = new Set(types);
  let left = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  for await (const stored of log.subscribe(firstOf(request), { signal })) {
    const { event } = stored;
    const timeMs = Date.parse(event.time);
    if (timeMs >= untilMs) return;
    const wanted =
      timeMs >= sinceMs &&
      (stream === undefined || event.stream === stream) &&
      (listed.size === 0 || listed.has(event.type));
    if (!wanted) continue;
    yield stored;
    left -= 1;
    if (left === 0) return;
  }
}
