import { readFileSync } from 'node:fs';

/** What `/proc/PID/stat` says of a process, as far as the agent needs it (proc_pid_stat(5)). */
export interface ProcStat {
  readonly pid: number;
  /** One letter; Z and X are dead. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Of its controlling terminal; 0: none. */
  readonly terminal: number;
  /** Clock ticks since boot, field 22. */
  readonly startTicks: number;
}

/** Parses one line. The command name may hold blanks and parentheses, so the fields count from the last `)`. */
export const parseStat = (text: string): ProcStat => {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number): number => {
    const value = Number(fields[index]);
    if (!Number.isSafeInteger(value))
      throw new Error(`not a /proc/PID/stat line: ${JSON.stringify(text.slice(0, 200))}`);
    return value;
  };
  return {
    pid: Number.parseInt(text, 10),
    state: fields[0] ?? '',
    parent: number(1),
    group: number(2),
    session: number(3),
    terminal: number(4),
    startTicks: number(19),
  };
};

/** Null where there is no such process, or only its corpse: a zombie is dead. */
export const readStat = (pid: number): ProcStat | null => {
  const text = readProcFile(`/proc/${pid}/stat`);
  if (text === null) return null;
  const stat = parseStat(text);
  return stat.state === 'Z' || stat.state === 'X' ? null : stat;
};

/** Null where the process ended before or while it was read, or is not ours to read. */
export const readProcFile = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
};

/** The `code` of a system error. By shape, not by class: under jest Node's own errors are of another realm. */
export const errorCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** The message of whatever was thrown, its causes after it. */
export const errorMessage = (error: unknown): string => {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const cause = 'cause' in error && error.cause !== undefined ? `: ${errorMessage(error.cause)}` : '';
  return `${String(error.message)}${cause}`;
};
