import { readdirSync, readFileSync } from 'node:fs';
import { errorCode } from './error-code.ts';

/**
 * Which process is meant, beyond the reuse of its pid: the pid, when it started (clock ticks since boot, /proc/PID/stat
 * field 22) and in which boot.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: number;
  readonly bootId: string;
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly startTicks: number;
}

/** Null where there is no such process, or only its corpse. */
export const processIdentity = (pid: number): ProcessIdentity | null => {
  const stat = readStat(pid);
  if (stat === null || isDead(stat)) return null;
  return { pid, startTicks: stat.startTicks, bootId: bootId() };
};

/** True while exactly this process lives; a later one with the same pid is another. */
export const isRunning = (identity: ProcessIdentity): boolean => {
  const now = processIdentity(identity.pid);
  return now !== null && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
};

/** True where the process stands still after SIGSTOP. */
export const isPaused = (pid: number): boolean => readStat(pid)?.state === 'T';

/** The process and all its descendants, parents before children. Empty where it is gone. */
export const processTree = (pid: number): number[] => {
  if (processIdentity(pid) === null) return [];
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readStat(Number(entry));
    if (stat === null || isDead(stat)) continue;
    const siblings = children.get(stat.parent);
    if (siblings === undefined) children.set(stat.parent, [Number(entry)]);
    else siblings.push(Number(entry));
  }
  const tree = [pid];
  for (const parent of tree) tree.push(...(children.get(parent) ?? []));
  return tree;
};

export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

const isDead = (stat: Stat): boolean => stat.state === 'Z' || stat.state === 'X';

/** The command name in parentheses may hold blanks and parentheses, so the fields count from the last one. */
const readStat = (pid: number): Stat | null => {
  const text = readProcFile(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  const startTicks = fields[19];
  if (state === undefined || parent === undefined || startTicks === undefined) {
    throw new Error(`/proc/${pid}/stat is not what Linux documents: ${JSON.stringify(text)}`);
  }
  return { state, parent: Number(parent), startTicks: Number(startTicks) };
};

const readProcFile = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
};

/** A process may end between readdir and read: ENOENT, or ESRCH within the read. */
const isGone = (error: unknown): boolean => ['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '');
