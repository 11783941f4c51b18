import { linkSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setAsideOf } from '../layout/index.ts';
import { errorCode } from '../proc/index.ts';

/** What a filesystem says that has no second names for files. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'];

/**
 * Gives a run's output a second name, which stays when the run's directory goes, in place of the run before it. A link and no
 * copy: it grows while the hook runs, and whoever reads it on finds the same file afterwards. Where the filesystem has no
 * links nothing is kept: a hook does not fail for that.
 */
export const keepOutput = (output: string, kept: string): void => {
  mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
  for (const { path } of [...setAsideOf(kept), { path: kept }]) rmSync(path, { force: true });
  try {
    for (const { path, number } of setAsideOf(output)) linkSync(path, `${kept}.${number}`);
    linkSync(output, kept);
  } catch (error) {
    if (!noLinks.some((code) => code === errorCode(error))) throw error;
  }
};
