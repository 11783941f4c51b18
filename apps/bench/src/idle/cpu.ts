import { errorCode, processTree } from '@yiqiu/processes';
import { readFileSync } from 'node:fs';

/** USER_HZ, which Linux fixes for what /proc shows. */
const ticksPerSecond = 100;

/** Seconds of CPU that a process and its descendants have used, and what its ended children had. 0 where it is gone. */
export const cpuSecondsOf = (pid: number): number => {
  const [root, ...children] = processTree(pid).map(ticksOf);
  if (root === undefined) return 0;
  const ticks = root.own + root.ended + children.reduce((sum, { own }) => sum + own, 0);
  return ticks / ticksPerSecond;
};

export interface Ticks {
  /** utime + stime. */
  readonly own: number;
  /** cutime + cstime: of children that ended and were waited for. */
  readonly ended: number;
}

/** Of a line of /proc/PID/stat. The name in parentheses may hold blanks, so fields count from the last one. */
export const parseTicks = (stat: string): Ticks => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime = Number.NaN, stime = Number.NaN, cutime = Number.NaN, cstime = Number.NaN] = fields
    .slice(11, 15)
    .map(Number);
  return { own: utime + stime, ended: cutime + cstime };
};

/** A process that ended between the list and the look has none: its parent counts them. */
const ticksOf = (pid: number): Ticks => {
  try {
    return parseTicks(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) return { own: 0, ended: 0 };
    throw error;
  }
};
