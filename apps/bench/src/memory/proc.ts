import { errorCode } from '@yiqiu/processes';
import { readFileSync } from 'node:fs';

export interface MemoryUse {
  /** Resident pages, those shared with other processes counted in full, MiB. */
  readonly rssMiB: number;
  /** Shared pages counted by their part; null where the kernel does not tell us, MiB. */
  readonly pssMiB: number | null;
}

/** Of one process; null for one that is gone. */
export const memoryOf = (pid: number): MemoryUse | null => {
  const status = read(`/proc/${pid}/status`);
  const rssMiB = status === null ? null : field(status, 'VmRSS');
  if (rssMiB === null) return null;
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  return { rssMiB, pssMiB: rollup === null ? null : field(rollup, 'Pss') };
};

/** kB as procfs has them, in MiB. */
const field = (text: string, name: string): number | null => {
  const kB = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  return kB === undefined ? null : Number(kB) / 1_024;
};

/** null: the process is gone, or is another user's. */
const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
};
