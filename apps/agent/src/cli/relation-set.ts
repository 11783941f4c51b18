import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { errorMessage } from '../proc/index.ts';
import { keyFault, relationValueCharactersMax, type RelationSetting } from '../units/relation-data.ts';
import { publishSetting } from '../units/relation-files.ts';
import { UsageError } from './usage.ts';

const hookContext = z.object({ relations: z.record(z.string(), z.unknown()) });

/**
 * For hooks: publishes relation data of the unit whose hook runs. The agent reads it from the unit's home, at the latest when
 * the hook has ended. Exit code 0: it is on disk; 1: it is too much; 2 (thrown as UsageError): it was asked for wrongly.
 */
export const relationSet = (args: readonly string[], env: NodeJS.ProcessEnv = process.env): number => {
  const home = needed(env, 'YIQIU_UNIT_HOME');
  const declared = declaredEndpoints(needed(env, 'YIQIU_CONTEXT'));
  publishSetting(home, parseSetting(args, declared));
  return 0;
};

const needed = (env: NodeJS.ProcessEnv, name: string): string => {
  const value = env[name] ?? '';
  if (value === '') throw new UsageError(`relation-set is for hooks: ${name} is not set`);
  return value;
};

/** Every endpoint of the program is there by its name, related or not. */
const declaredEndpoints = (contextFile: string): string[] => {
  const parsed = hookContext.safeParse(JSON.parse(readFileSync(contextFile, 'utf8')));
  if (!parsed.success) throw new Error(`${contextFile} is no context of a unit: ${parsed.error.message}`);
  return Object.keys(parsed.data.relations);
};

/** Pure. Throws UsageError. */
export const parseSetting = (args: readonly string[], declared: readonly string[]): RelationSetting => {
  const { endpoint, pairs, service } = split(args);
  if (!declared.includes(endpoint)) {
    const allowed = declared.length === 0 ? 'it declares none' : `there are ${declared.join(', ')}`;
    throw new UsageError(`"${endpoint}" is no endpoint of this program: ${allowed}`);
  }
  const granularity = service ? 'service' : 'unit';
  const values = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 0) throw new UsageError(`"${pair}" is not KEY=VALUE`);
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const fault = keyFault(key, granularity);
    if (fault !== null) throw new UsageError(fault);
    if (values.has(key)) throw new UsageError(`"${key}" is there twice`);
    if (value.length > relationValueCharactersMax) {
      throw new UsageError(
        `"${key}" has ${value.length} characters, at most ${relationValueCharactersMax} can be published`,
      );
    }
    values.set(key, value);
  }
  return { endpoint, granularity, values: Object.fromEntries(values) };
};

const split = (args: readonly string[]) => {
  try {
    const options = { service: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
    const [endpoint, ...pairs] = positionals;
    if (endpoint === undefined) throw new UsageError('the endpoint is missing');
    if (pairs.length === 0) throw new UsageError('there is nothing to publish: KEY=VALUE, or KEY= to take a key away');
    return { endpoint, pairs, service: values.service === true };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(errorMessage(error));
  }
};
