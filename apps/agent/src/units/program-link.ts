import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../proc/index.ts';

const linkName = 'program';

/** Where hooks and templates find the program: the link, so that it stays the same over upgrades. */
export const programHome = (home: string): string => join(home, linkName);

/** The directory that the home's `program` links to, or null. */
export const linkedProgram = (home: string): string | null => {
  try {
    return readlinkSync(programHome(home));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/** At no moment is there no link. */
export const switchProgram = (home: string, directory: string): void => {
  if (linkedProgram(home) === directory) return;
  const beside = join(home, `.${linkName}.new`);
  rmSync(beside, { force: true });
  symlinkSync(directory, beside);
  renameSync(beside, programHome(home));
};
