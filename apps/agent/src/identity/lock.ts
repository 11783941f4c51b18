import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { readIfThere, writeFileAtomically, type AgentPaths } from '../layout/index.ts';
import { errorMessage, identify, isAlive, type ProcessIdentity } from '../proc/index.ts';

/** Another agent works below this root. */
export class RootTakenError extends Error {
  override readonly name = 'RootTakenError';
}

export interface RootLock {
  release(): void;
}

const holder = z.object({ pid: z.int(), startTicks: z.int(), kernelBootId: z.string() });

/**
 * One agent per root. An exclusive SQLite transaction that stays open: the kernel drops its file lock with the process,
 * however it ends, so there is no stale lock. Throws {@link RootTakenError}.
 */
export const lockRoot = (paths: AgentPaths): RootLock => {
  const db = new DatabaseSync(paths.lock);
  try {
    db.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    const pid = lockHolder(paths)?.pid;
    const who = pid === undefined ? 'another agent' : `the agent with pid ${pid}`;
    throw new RootTakenError(`${paths.root} is taken by ${who} (${errorMessage(error)})`);
  }
  const own = identify(process.pid);
  if (own !== null) writeFileAtomically(paths.pid, `${JSON.stringify(own)}\n`, { mode: 0o644 });
  return { release: () => db.close() };
};

/** The agent that runs below this root, by pid and start time; null where none does. */
export const lockHolder = (paths: AgentPaths): ProcessIdentity | null => {
  const text = readIfThere(paths.pid);
  if (text === null) return null;
  const parsed = holder.safeParse(JSON.parse(text));
  return parsed.success && isAlive(parsed.data) ? parsed.data : null;
};
