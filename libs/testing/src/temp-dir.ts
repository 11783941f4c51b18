import { isRunning, processIdentity } from '@yiqiu/processes';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'yiqiu-test-';
const namePattern = /^yiqiu-test-(\d+)-(\d+)-/;

export interface TempDir {
  readonly path: string;
  remove(): void;
}

/**
 * A directory of this test process. Its name holds the process's pid and start time, so that the next test run finds and
 * removes what a killed one left.
 */
export const tempDir = (): TempDir => {
  const own = processIdentity(process.pid);
  if (own === null) throw new Error('this process has no entry in /proc: tests run on Linux');
  removeAbandoned(own.bootId);
  const path = mkdtempSync(join(tmpdir(), `${prefix}${own.pid}-${own.startTicks}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** Removes the directory where what was to use it did not come up. */
export const orRemove = async <T>(temp: TempDir | null, start: Promise<T>): Promise<T> => {
  try {
    return await start;
  } catch (error) {
    temp?.remove();
    throw error;
  }
};

const removeAbandoned = (bootId: string): void => {
  for (const entry of readdirSync(tmpdir())) {
    const [, pid, startTicks] = namePattern.exec(entry) ?? [];
    if (pid === undefined || startTicks === undefined) continue;
    if (isRunning({ pid: Number(pid), startTicks: Number(startTicks), bootId })) continue;
    rmSync(join(tmpdir(), entry), { recursive: true, force: true });
  }
};
