import { readdirSync, readlinkSync } from 'node:fs';
import { kernelBootId, type ProcessIdentity } from './identity.ts';
import { errorCode, readProcFile, readStat } from './stat.ts';

/**
 * The process that an agent started for the unit of this home, where its journal was lost: leader of a session without
 * terminal, with the unit's home in its environment and not YIQIU_CONTEXT, which only hooks have. A program that wrote over
 * its environment (to set its title) is known by its working directory. Null where none is found.
 */
export const findUnitProcess = (home: string): ProcessIdentity | null => {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readStat(Number(entry));
    if (stat === null || stat.session !== stat.pid || stat.group !== stat.pid || stat.terminal !== 0) continue;
    const environment = readProcFile(`/proc/${stat.pid}/environ`)?.split('\0') ?? [];
    const mine = environment.some((variable) => variable.startsWith('PATH='))
      ? environment.includes(`YIQIU_UNIT_HOME=${home}`) &&
        !environment.some((variable) => variable.startsWith('YIQIU_CONTEXT='))
      : isBelow(workingDirectory(stat.pid), home);
    if (mine) return { pid: stat.pid, startTicks: stat.startTicks, kernelBootId: kernelBootId() };
  }
  return null;
};

export const isBelow = (path: string | null, home: string): boolean =>
  path !== null && (path === home || path.startsWith(`${home}/`));

/** Null where the process ended meanwhile or is not ours to look at. */
export const workingDirectory = (pid: number): string | null => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
};
