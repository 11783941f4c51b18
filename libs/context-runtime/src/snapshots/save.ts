import type { Command, ContextDomain, NewEvent } from '@yiqiu/kernel';
import type { EventLog } from '@yiqiu/event-log';
import type { Timers } from '../host/index.ts';
import type { Memory } from '../memory/index.ts';
import { writeChunks } from './chunks.ts';

/** Memory moved while its snapshot was written; another try later costs nothing, since a snapshot is a cache. */
export class SnapshotAbandonedError extends Error {
  override readonly name = 'SnapshotAbandonedError';
}

export interface SaveSnapshotOptions<S, C extends Command, E extends NewEvent> {
  readonly domain: ContextDomain<S, C, E>;
  readonly memory: Memory<S>;
  readonly log: EventLog;
  readonly timers: Timers;
  /** Gives it up. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a snapshot of memory, giving way to everything else between its chunks. Throws SnapshotAbandonedError where memory
 * goes on meanwhile or the signal aborts.
 */
export const saveSnapshot = async <S, C extends Command, E extends NewEvent>(
  options: SaveSnapshotOptions<S, C, E>,
): Promise<number> => {
  const { domain, memory, log } = options;
  const { position, lineage } = memory;
  await log.snapshots.save({ lineage, position, foldVersion: domain.foldVersion }, steadyChunks(options, position));
  return position;
};

/** The store takes the pieces in its own time, the first one too: each is made only while memory stands at `position`. */
async function* steadyChunks<S, C extends Command, E extends NewEvent>(
  { domain, memory, timers, signal }: SaveSnapshotOptions<S, C, E>,
  position: number,
): AsyncGenerator<string, void, undefined> {
  const assertSteady = (): void => {
    if (signal?.aborted === true) throw new SnapshotAbandonedError('whoever wanted it has ended');
    if (memory.position !== position)
      throw new SnapshotAbandonedError(`memory went on from ${position} to ${memory.position}`);
  };
  assertSteady();
  for (const chunk of writeChunks(domain, memory)) {
    yield chunk;
    await timers.soon();
    assertSteady();
  }
}
