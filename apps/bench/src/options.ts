import { parseArgs } from 'node:util';
import { benchNames, type BenchName } from './report/figure.ts';

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  /** Before a round counts, ms. */
  readonly warmMs: number;
  /** Of one round, ms. */
  readonly measureMs: number;
  readonly appendEvents: number;
  readonly rebuildEvents: number;
  /** Before memory is read, ms: start-up is over, collectors have run. Also how long an idle platform is watched. */
  readonly idleMs: number;
  /** Commands of one client in one round. */
  readonly latencyCommands: number;
  /** Changes of a configuration. */
  readonly configChanges: number;
  /** Deployments on each side. */
  readonly deployRounds: number;
  readonly idleTimings: readonly ('production' | 'local')[];
}

export interface Options {
  readonly only: readonly BenchName[];
  readonly quick: boolean;
  readonly effort: Effort;
  /** Where the results go as JSON; null: nowhere. */
  readonly jsonFile: string | null;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `npm run bench -- [--only NAME]… [--quick] [--json FILE]

  --only NAME    ${benchNames.join(', ')}; default all
  --quick        fewer and shorter rounds: shows that it runs, proves little
  --json FILE    the results as JSON`;

const full: Effort = {
  ...{ rounds: 5, warmMs: 2_000, measureMs: 5_000 },
  ...{ appendEvents: 100_000, rebuildEvents: 500_000, idleMs: 60_000 },
  ...{ latencyCommands: 300, configChanges: 10, deployRounds: 5, idleTimings: ['production', 'local'] },
};
const quick: Effort = {
  ...{ rounds: 3, warmMs: 700, measureMs: 1_500 },
  ...{ appendEvents: 20_000, rebuildEvents: 100_000, idleMs: 10_000 },
  ...{ latencyCommands: 100, configChanges: 5, deployRounds: 1, idleTimings: ['production'] },
};

/** Throws {@link UsageError}. */
export const parseOptions = (args: readonly string[]): Options => {
  const { values } = parse(args);
  const isQuick = values.quick === true;
  return {
    only: values.only === undefined ? benchNames : values.only.map(benchName),
    quick: isQuick,
    effort: isQuick ? quick : full,
    jsonFile: values.json ?? null,
  };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true },
        quick: { type: 'boolean' },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
};

const benchName = (text: string): BenchName => {
  const name = benchNames.find((known) => known === text);
  if (name === undefined) throw new UsageError(`--only ${text}: ${benchNames.join(', ')} are there\n\n${usage}`);
  return name;
};
