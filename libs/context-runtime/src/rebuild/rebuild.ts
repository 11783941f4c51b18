import type { Command, ContextDomain, EventEnvelope, NewEvent } from '@yiqiu/kernel';
import type { EventLog, Head } from '@yiqiu/event-log';
import { Memory } from '../memory/index.ts';
import { errorText, type Reports } from '../reports.ts';
import { readChunks } from '../snapshots/index.ts';

export interface RebuildOptions<S, C extends Command, E extends NewEvent> {
  readonly domain: ContextDomain<S, C, E>;
  readonly log: EventLog;
  readonly reports: Reports;
  /** Ends the fold with its reason. */
  readonly signal?: AbortSignal;
}

/** The fold itself failed on a stored event: waiting or another snapshot does not help, another version of the program may. */
export class FoldFailedError extends Error {
  override readonly name = 'FoldFailedError';
}

/** The newest snapshot of this history and fold, or a fresh memory. A snapshot that cannot be taken is reported and left. */
export const loadSnapshot = async <S, C extends Command, E extends NewEvent>(
  { domain, log, reports }: RebuildOptions<S, C, E>,
  head: Pick<Head, 'lineage' | 'position'>,
): Promise<Memory<S>> => {
  try {
    const snapshot = await log.snapshots.newest(head.lineage, domain.foldVersion, head.position);
    if (snapshot !== null) return await readChunks(domain, snapshot.key.position, snapshot.chunks);
  } catch (error) {
    const message = `the snapshot could not be used, the log is folded from its beginning: ${errorText(error)}`;
    reports.alarm({ context: domain.context, code: 'snapshot-dropped', message });
  }
  return new Memory(domain.initial());
};

/** Events folded between two turns of the event loop, where somebody else works beside. */
const sliceEvents = 100;

/**
 * Folds what the log has after memory, up to `position`; `between` after each 100 events, to give way. Throws LogHoleError,
 * FoldFailedError, and what the connection throws.
 */
export const foldUpTo = async <S, C extends Command, E extends NewEvent>(
  { domain, log, signal }: Pick<RebuildOptions<S, C, E>, 'domain' | 'log' | 'signal'>,
  memory: Memory<S>,
  position: number,
  between?: () => Promise<void>,
): Promise<void> => {
  if (memory.position > position) throw new Error(`memory is at ${memory.position}, the log at ${position}`);
  const missing = position - memory.position;
  if (missing === 0) return;
  const options = { limit: missing, ...(signal === undefined ? {} : { signal }) };
  for await (const { event } of log.read(memory.position + 1, options)) {
    foldInto(domain, memory, event);
    if (between !== undefined && memory.position % sliceEvents === 0) await between();
  }
  if (memory.position !== position) throw new Error(`the log gave ${memory.position} of ${position} positions`);
};

/** Folds one stored event. */
export const foldInto = <S, C extends Command, E extends NewEvent>(
  domain: ContextDomain<S, C, E>,
  memory: Memory<S>,
  event: EventEnvelope,
): void => {
  try {
    domain.evolve(memory.state, event);
  } catch (error) {
    throw new FoldFailedError(`${event.type} version ${event.version} at ${event.position}: ${errorText(error)}`, {
      cause: error,
    });
  }
  memory.note(event);
};

/** Memory as of the head: the newest snapshot and what came after it. */
export const rebuild = async <S, C extends Command, E extends NewEvent>(
  options: RebuildOptions<S, C, E>,
  head: Head,
): Promise<Memory<S>> => {
  const memory = await loadSnapshot(options, head);
  await foldUpTo(options, memory, head.position);
  memory.lead(head);
  return memory;
};
