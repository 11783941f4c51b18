import type { ErrorObject } from 'ajv/dist/2020.js';
import type { FieldProblem } from '@yiqiu/kernel';
import { isJson, isObject, type JsonObject, type JsonValue } from '../json.ts';
import type { ConfigSchema, Manifest } from '../manifest/types.ts';
import { describeValue, didYouMean, type ProblemValue } from '../problem/index.ts';
import { explain } from './explain.ts';
import { type CompiledSchema, compileSchema } from './schema.ts';

/** All values of a service's config together, as JSON. */
export const configBytesMax = 64 * 1024;

/** What is wrong with a value of the config. */
export interface ConfigProblem {
  /** The key, with what lies below it: `limits/soft`. */
  field: string;
  value: ProblemValue;
  reason: string;
  allowed: string;
}

export type ValidatedConfig = { config: JsonObject } | { problems: ConfigProblem[] };

/** Schemas do not change, and many services share one program. */
const compiled = new WeakMap<ConfigSchema, CompiledSchema>();

function compiledOf(schema: ConfigSchema): CompiledSchema {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const made = compileSchema(schema);
  compiled.set(schema, made);
  return made;
}

/** The schema of one key; undefined: it is not declared. */
export function keySchema(schema: ConfigSchema, key: string): JsonValue | undefined {
  return Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
}

/** Keys beyond the declared ones exist only where the schema says so. */
export function isOpen(schema: ConfigSchema): boolean {
  const more = schema['additionalProperties'];
  return (more !== undefined && more !== false) || schema['patternProperties'] !== undefined;
}

/**
 * The config that a service runs with: its values, else the schema's defaults, else null, for every declared key. A value
 * of null or undefined means the default.
 *
 * @returns all that is wrong: unknown keys, values that the schema does not allow, more than 64 KiB
 */
export function validateConfig(
  manifest: Pick<Manifest, 'config'>,
  values: Readonly<Record<string, unknown>>,
): ValidatedConfig {
  const schema = manifest.config;
  const keys = Object.keys(schema.properties);
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const problems = given.flatMap(([key, value]): ConfigProblem[] => {
    if (!isJson(value))
      return [{ field: key, value: describeValue(value), reason: 'cannot be said in JSON', allowed: 'JSON' }];
    if (keys.includes(key) || isOpen(schema)) return [];
    return [unknownKey(key, keys, value)];
  });
  if (problems.length > 0) return { problems };
  const defaults = keys.flatMap((key): [string, JsonValue][] => {
    const property = keySchema(schema, key);
    const value = isObject(property) ? property['default'] : undefined;
    return isJson(value) && value !== null ? [[key, structuredClone(value)]] : [];
  });
  const json = given.flatMap(([key, value]): [string, JsonValue][] =>
    isJson(value) ? [[key, structuredClone(value)]] : [],
  );
  const config: JsonObject = Object.fromEntries([...defaults, ...json]);
  const bytes = Buffer.byteLength(JSON.stringify(config));
  if (bytes > configBytesMax) {
    return {
      problems: [
        { field: '', value: bytes, reason: 'is too large', allowed: `at most ${configBytesMax} bytes of JSON` },
      ],
    };
  }
  const errors = compiledOf(schema).check(config);
  if (errors.length > 0) return { problems: problemsOf(errors, config) };
  const nulls = keys.filter((key) => config[key] === undefined).map((key): [string, JsonValue] => [key, null]);
  return { config: Object.fromEntries([...Object.entries(config), ...nulls]) };
}

export function unknownKey(key: string, keys: readonly string[], value: unknown): ConfigProblem {
  const allowed = keys.length === 0 ? 'the program has no config keys' : `one of ${keys.join(', ')}`;
  return { field: key, value: describeValue(value), reason: `unknown key${didYouMean(key, keys)}`, allowed };
}

/** One problem a field: the first that ajv found there, without the frames around it (`anyOf` and its branches' parents). */
function problemsOf(errors: readonly ErrorObject[], config: JsonObject): ConfigProblem[] {
  const byField = new Map<string, ConfigProblem>();
  for (const error of errors) {
    const missing: unknown = error.keyword === 'required' ? error.params['missingProperty'] : undefined;
    const path = partsOf(error.instancePath);
    const field = [...path, ...(typeof missing === 'string' ? [missing] : [])].join('/');
    if (byField.has(field)) continue;
    byField.set(field, {
      field,
      value: describeValue(missing === undefined ? valueAt(config, path) : null),
      ...explain(error),
    });
  }
  return [...byField.values()];
}

function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(value: JsonValue, parts: readonly string[]): JsonValue {
  let here: JsonValue = value;
  for (const part of parts) {
    const next: JsonValue | undefined = Array.isArray(here)
      ? here[Number(part)]
      : isObject(here)
        ? here[part]
        : undefined;
    if (next === undefined) return null;
    here = next;
  }
  return here;
}

/** As an entry of a DomainError's `errors`; `prefix` is where the config stands in the request, e.g. `config.`. */
export function toConfigFieldProblem(problem: ConfigProblem, prefix = ''): FieldProblem {
  return {
    field: `${prefix}${problem.field}`,
    value: problem.value,
    allowed: problem.allowed,
    message: problem.reason,
  };
}
