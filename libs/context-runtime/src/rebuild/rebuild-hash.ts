import { stateHash, type Command, type ContextDomain, type NewEvent } from '@yiqiu/kernel';
import type { EventLog } from '@yiqiu/event-log';
import { Memory } from '../memory/index.ts';
import { foldUpTo } from './rebuild.ts';

/**
 * Folds a log from its first event, without any snapshot, and hashes the state: for a separate process that checks the live
 * one. Up to `atPosition`, or to where the log ends.
 */
export const rebuildHash = async <S, C extends Command, E extends NewEvent>(
  log: EventLog,
  domain: ContextDomain<S, C, E>,
  atPosition?: number,
): Promise<{ readonly position: number; readonly hash: string }> => {
  const position = atPosition ?? (await log.head()).position;
  const memory = new Memory(domain.initial());
  await foldUpTo({ domain, log }, memory, position);
  return { position, hash: stateHash(domain.tables(memory.state)) };
};
