import type { z } from 'zod';

/** One thing that can be configured. `schema` takes the text, or undefined where it is not set, and yields the value. */
export interface Setting<T> {
  /** Environment variable, `YIQIU_…`. */
  readonly env: string;
  /** Command line flag without its dashes; it wins over the variable. Absent: the setting has none. */
  readonly flag?: string;
  readonly schema: z.ZodType<T, string | undefined>;
  /** What it is, in units, for people. */
  readonly about: string;
  /** What may stand there, for people. */
  readonly allowed: string;
  /** The value never stands in an error or a log. */
  readonly secret?: boolean;
}

export type Settings = { readonly [field: string]: Setting<unknown> };
export type ConfigOf<S extends Settings> = { readonly [F in keyof S]: S[F] extends Setting<infer T> ? T : never };

export interface ConfigProblem {
  readonly variable: string;
  readonly value: string | null;
  readonly allowed: string;
  readonly message: string;
}

/** All that is wrong with a configuration, at once; a process that gets it ends with exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(describe).join('\n'));
  }
}

const describe = (problem: ConfigProblem): string => {
  const was = problem.value === null ? 'is not set' : `is ${JSON.stringify(problem.value)}`;
  return `${problem.variable} ${was}: ${problem.message}; allowed: ${problem.allowed}`;
};
