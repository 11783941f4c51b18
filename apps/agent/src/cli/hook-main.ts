import { errorMessage } from '../proc/index.ts';
import { relationSet } from './relation-set.ts';
import { relationUsage, UsageError } from './usage.ts';

/** `yiqiu-agent relation-set` of a hook. Exit codes: 0 done, 1 failed, 2 wrong usage. */
export const hookMain = (args: readonly string[]): number => {
  try {
    return relationSet(args);
  } catch (error) {
    process.stderr.write(`yiqiu-agent relation-set: ${errorMessage(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write(`usage: ${relationUsage}\n`);
    return 2;
  }
};
