import type { BlobStore } from '@yiqiu/event-log';
import type { AgentHandlers } from '@yiqiu/messaging';
import { LRUCache } from 'lru-cache';

/** Of pieces that are kept, in all. */
const keptBytesMax = 32 * 1024 * 1024;

type OnFetch = NonNullable<AgentHandlers['onFetch']>;
type Piece = NonNullable<Awaited<ReturnType<OnFetch>>>;

/**
 * Pieces of program archives for agents. A roll-out has many agents ask for the same ones within a moment: each is read from
 * the database once, also for those who ask while it is being read. What is under a digest never changes.
 */
export const archivePieces = (blobs: Pick<BlobStore, 'read'>): OnFetch => {
  const kept = new LRUCache<string, Piece, Parameters<OnFetch>[0]>({
    maxSize: keptBytesMax,
    sizeCalculation: ({ bytes }) => Math.max(1, bytes.length),
    fetchMethod: async (_key, _stale, { context: { digest, offset, length } }) =>
      (await blobs.read(digest, offset, length)) ?? undefined,
  });
  return async (request) => {
    const key = `${request.digest} ${request.offset} ${request.length}`;
    return (await kept.fetch(key, { context: request })) ?? null;
  };
};
