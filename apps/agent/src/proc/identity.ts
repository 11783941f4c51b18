import { readFileSync } from 'node:fs';
import { readStat } from './stat.ts';

/** Which process is meant, beyond the reuse of its pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, /proc/PID/stat field 22. */
  readonly startTicks: number;
  /** The kernel's own boot id, whatever the agent reports as its machine's. */
  readonly kernelBootId: string;
}

let bootId: string | null = null;

/** Read once: no process outlives its kernel. */
export const kernelBootId = (): string => (bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());

/** Null where the process is gone or a zombie. */
export const identify = (pid: number): ProcessIdentity | null => {
  const stat = readStat(pid);
  return stat === null ? null : { pid, startTicks: stat.startTicks, kernelBootId: kernelBootId() };
};

/** True while exactly this process lives: the same pid with another start time is another process. */
export const isAlive = (identity: ProcessIdentity): boolean =>
  readStat(identity.pid)?.startTicks === identity.startTicks && kernelBootId() === identity.kernelBootId;
