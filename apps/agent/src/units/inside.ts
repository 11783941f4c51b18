import { chmodSync, chownSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Account } from '../proc/index.ts';

/**
 * Makes every missing directory of `path` (relative to `home`), each the account's, and returns the whole path. Throws where
 * a link leads out of the home: a unit's own user may have laid one where the agent, as root, would follow.
 */
export const makeInside = (home: string, path: string, account: Account | null, mode = 0o755): string => {
  const target = join(home, path);
  if (relative(home, target).startsWith('..')) throw new Error(`${path} leads out of the unit's home`);
  const parts = relative(home, target).split(sep).filter(Boolean);
  let at = home;
  for (const part of parts) {
    at = join(at, part);
    if (makeDirectory(at, at === target ? mode : 0o755) && account !== null) chownSync(at, account.uid, account.gid);
  }
  const real = realpathSync(target);
  if (real !== target && relative(realpathSync(home), real).startsWith('..')) {
    throw new Error(`${path} in ${home} is a link to ${real}, outside the unit's home`);
  }
  return target;
};

/** For a file: its directory is made, the file is not. */
export const makeParentInside = (home: string, path: string, account: Account | null): string => {
  makeInside(home, dirname(path), account);
  return join(home, path);
};

/** True where it was made now. */
const makeDirectory = (path: string, mode: number): boolean => {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined) {
    if (there.isDirectory() || there.isSymbolicLink()) return false;
    throw new Error(`${path} is a file where a directory is to be`);
  }
  mkdirSync(path);
  // Not by mkdir: the umask would take bits away.
  chmodSync(path, mode);
  return true;
};
