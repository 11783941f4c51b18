import { messageOf } from '../fault.ts';
import { isJson, isObject, type JsonValue } from '../json.ts';
import type { Manifest } from '../manifest/types.ts';
import { describeValue } from '../problem/index.ts';
import { type ConfigProblem, isOpen, keySchema, unknownKey } from './validate.ts';

export type CastConfig = { values: Record<string, JsonValue> } | { problems: ConfigProblem[] };

type Cast = { value: JsonValue } | { allowed: string };

/**
 * The `key=value` words of a command line as values of the schema's types. Nothing after the `=` means null: back to the
 * default. Lists and objects are JSON; a list of plain values may also be written with commas. Whether the schema allows the
 * value is for `validateConfig` to say.
 */
export function castConfig(manifest: Pick<Manifest, 'config'>, words: Readonly<Record<string, string>>): CastConfig {
  const schema = manifest.config;
  const keys = Object.keys(schema.properties);
  const problems: ConfigProblem[] = [];
  const values = Object.entries(words).map(([key, text]): [string, JsonValue] => {
    if (!keys.includes(key) && !isOpen(schema)) problems.push(unknownKey(key, keys, text));
    if (text === '') return [key, null];
    const cast = castText(text, keySchema(schema, key));
    if ('value' in cast) return [key, cast.value];
    problems.push({ field: key, value: describeValue(text), reason: `is not ${cast.allowed}`, allowed: cast.allowed });
    return [key, null];
  });
  return problems.length > 0 ? { problems } : { values: Object.fromEntries(values) };
}

function castText(text: string, schema: unknown): Cast {
  if (!isObject(schema)) return { value: text };
  const { type } = schema;
  if (typeof type === 'string') return castTo(text, type, schema);
  if (Array.isArray(type)) {
    // The narrowest that fits; text, which always fits, last.
    const order = ['null', 'boolean', 'integer', 'number', 'array', 'object', 'string'];
    const types = order.filter((name) => type.includes(name));
    const casts = types.map((name) => castTo(text, name, schema));
    return casts.find((cast) => 'value' in cast) ?? { allowed: types.join(' or ') };
  }
  const choices: unknown = schema['enum'] ?? (schema['const'] === undefined ? undefined : [schema['const']]);
  const choice: unknown = Array.isArray(choices) ? choices.find((value) => String(value) === text) : undefined;
  return { value: isJson(choice) ? choice : text };
}

function castTo(text: string, type: string, schema: Readonly<Record<string, unknown>>): Cast {
  switch (type) {
    case 'string':
      return { value: text };
    case 'integer':
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))
        ? { value: Number(text) }
        : { allowed: 'a whole number' };
    case 'number':
      return text.trim() === text && Number.isFinite(Number(text)) ? { value: Number(text) } : { allowed: 'a number' };
    case 'boolean':
      return text === 'true' || text === 'false' ? { value: text === 'true' } : { allowed: 'true or false' };
    case 'null':
      return text === 'null' ? { value: null } : { allowed: 'null' };
    case 'array':
      return castList(text, schema['items']);
    default:
      return castJson(text, 'an object in JSON', isObject);
  }
}

function castList(text: string, items: unknown): Cast {
  if (text.trimStart().startsWith('[')) return castJson(text, 'a list in JSON', Array.isArray);
  const elements = text.split(',').map((part) => castText(part.trim(), items));
  const wrong = elements.find((cast) => 'allowed' in cast);
  if (wrong !== undefined && 'allowed' in wrong) return { allowed: `a list of which each is ${wrong.allowed}` };
  return { value: elements.flatMap((cast) => ('value' in cast ? [cast.value] : [])) };
}

function castJson(text: string, allowed: string, fits: (value: unknown) => boolean): Cast {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) && fits(value) ? { value } : { allowed };
  } catch (error) {
    return { allowed: `${allowed} (${messageOf(error)})` };
  }
}
