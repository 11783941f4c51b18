import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error-code.ts';
import { processIdentity, type ProcessIdentity } from '../identity.ts';
import { stopProcess } from '../signal.ts';
import { postgresStopSteps } from './stop-steps.ts';

/**
 * The server that an earlier run left on this data directory, or null. Its lock file names a pid; that pid is believed
 * only where the process works in the data directory, as every PostgreSQL server does.
 */
export const leftOverPostgres = (dataDir: string): ProcessIdentity | null => {
  const lock = join(dataDir, 'postmaster.pid');
  if (!existsSync(lock)) return null;
  const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
  return Number.isSafeInteger(pid) && worksIn(pid, dataDir) ? processIdentity(pid) : null;
};

/**
 * Ends what an earlier run left, and removes its lock file: PostgreSQL would take any process that got the pid since for
 * a server of its own.
 */
export const endLeftOverPostgres = async (dataDir: string): Promise<void> => {
  const left = leftOverPostgres(dataDir);
  if (left !== null) await stopProcess(left, postgresStopSteps);
  await rm(join(dataDir, 'postmaster.pid'), { force: true });
};

const worksIn = (pid: number, dataDir: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
  } catch (error) {
    // Gone meanwhile, or another user's: not ours in both cases.
    if (['ENOENT', 'EACCES', 'EPERM', 'ESRCH'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
};
