import { parseArgs } from 'node:util';
import { ConfigError } from './settings.ts';
import type { ConfigOf, ConfigProblem, Setting, Settings } from './settings.ts';

export interface ConfigSource {
  readonly env: { readonly [name: string]: string | undefined };
  /** Arguments without node and script. */
  readonly argv?: readonly string[];
}

/**
 * Reads a process's configuration: a flag wins over its variable; an empty variable counts as not set. Throws ConfigError
 * with every problem at once, each with the variable, what it was and what is allowed.
 */
export const readConfig = <S extends Settings>(settings: S, source: ConfigSource): ConfigOf<S> => {
  const flags = readFlags(settings, source.argv ?? []);
  const problems: ConfigProblem[] = [];
  const values = Object.entries(settings).map(([field, setting]) => {
    const text = (setting.flag === undefined ? undefined : flags[setting.flag]) ?? source.env[setting.env];
    const result = setting.schema.safeParse(text === '' ? undefined : text);
    if (!result.success) problems.push(problemOf(setting, text, result.error.issues[0]?.message));
    return [field, result.data] as const;
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(values) as ConfigOf<S>;
};

const problemOf = (
  setting: Setting<unknown>,
  text: string | undefined,
  message: string | undefined,
): ConfigProblem => ({
  variable: setting.flag === undefined ? setting.env : `${setting.env} (--${setting.flag})`,
  value: text === undefined || text === '' ? null : setting.secret === true ? '(secret)' : text,
  allowed: setting.allowed,
  message: message ?? 'invalid',
});

const readFlags = (settings: Settings, argv: readonly string[]): { readonly [flag: string]: string | undefined } => {
  const options = Object.fromEntries(
    Object.values(settings).flatMap(({ flag }) => (flag === undefined ? [] : [[flag, { type: 'string' as const }]])),
  );
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const allowed = Object.keys(options).map((flag) => `--${flag} VALUE`);
    throw new ConfigError([
      { variable: 'command line', value: argv.join(' '), allowed: allowed.join(', ') || 'no arguments', message },
    ]);
  }
};
