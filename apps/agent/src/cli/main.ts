import { errorMessage } from '../proc/index.ts';
import { agentVersion } from '../version.ts';
import { relationSet } from './relation-set.ts';
import { run } from './run.ts';
import { stopAll } from './stop-all.ts';
import { usage, UsageError } from './usage.ts';

const verbs: { readonly [verb: string]: (args: readonly string[]) => number | Promise<number> } = {
  run,
  'stop-all': stopAll,
  'relation-set': relationSet,
  version: () => {
    process.stdout.write(`${agentVersion}\n`);
    return 0;
  },
};

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
export const main = async ([verb = '', ...args]: readonly string[]): Promise<number> => {
  try {
    const work = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (work !== undefined) return await work(args);
    if (verb !== '--help' && verb !== 'help')
      throw new UsageError(verb === '' ? 'a verb is missing' : `unknown verb ${verb}`);
    process.stdout.write(usage);
    return 0;
  } catch (error) {
    process.stderr.write(`yiqiu-agent: ${errorMessage(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write(usage);
    return 2;
  }
};
