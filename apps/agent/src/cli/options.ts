import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Resources } from '@yiqiu/contracts';
import { AgentPaths } from '../layout/index.ts';
import { errorMessage } from '../proc/index.ts';
import { UsageError } from './usage.ts';

export interface RunFlags {
  readonly root: string;
  readonly server: string | undefined;
  readonly token: string | undefined;
  readonly name: string | undefined;
  /** Null where it was not declared. */
  readonly capacity: Resources | null;
}

const text = { type: 'string' } as const;

export const parseRun = (args: readonly string[]): RunFlags => {
  const { values } = parse(args, {
    root: text,
    server: text,
    token: text,
    name: text,
    'cpu-milli': text,
    'memory-mib': text,
    'disk-mib': text,
  });
  return {
    root: needed(values['root'], '--root'),
    server: values['server'],
    token: values['token'],
    name: values['name'],
    capacity: capacityOf(values),
  };
};

export const parseRoot = (args: readonly string[]): string =>
  needed(parse(args, { root: text }).values['root'], '--root');

const parse = (args: readonly string[], options: { [name: string]: { readonly type: 'string' } }) => {
  try {
    const config = { args: [...args], options, strict: true, allowPositionals: false } satisfies ParseArgsConfig;
    const { values } = parseArgs(config);
    return { values };
  } catch (error) {
    throw new UsageError(errorMessage(error));
  }
};

const needed = (value: string | undefined, flag: string): string => {
  if (value === undefined || value === '') throw new UsageError(`${flag} is missing`);
  return value;
};

const capacityOf = (values: { readonly [name: string]: string | undefined }): Resources | null => {
  const flags = ['cpu-milli', 'memory-mib', 'disk-mib'] as const;
  const given = flags.filter((flag) => values[flag] !== undefined);
  if (given.length === 0) return null;
  const [cpuMilli, memoryMiB, diskMiB] = flags.map((flag) => Number(values[flag] ?? Number.NaN));
  const all = [cpuMilli, memoryMiB, diskMiB];
  if (!all.every((value) => value !== undefined && Number.isSafeInteger(value) && value > 0)) {
    throw new UsageError(
      `a declared capacity is three whole numbers above 0: ${flags.map((flag) => `--${flag}`).join(', ')}`,
    );
  }
  return { cpuMilli: cpuMilli ?? 0, memoryMiB: memoryMiB ?? 0, diskMiB: diskMiB ?? 0 };
};

/** The root's paths, links resolved; made where missing (`make`), else an error. */
export const openRoot = (root: string, make: boolean): AgentPaths => {
  const path = resolve(root);
  if (make) mkdirSync(path, { recursive: true });
  else if (!existsSync(path)) throw new UsageError(`--root ${path} does not exist`);
  const paths = new AgentPaths(realpathSync(path));
  if (make) mkdirSync(paths.own, { recursive: true });
  return paths;
};
