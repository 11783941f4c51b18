import { compileSchema, draft, formatNames, metaErrors } from '../config/schema.ts';
import { explain } from '../config/explain.ts';
import { messageOf } from '../fault.ts';
import { isJsonObject, isObject, type JsonObject } from '../json.ts';
import { describeValue, didYouMean } from '../problem/index.ts';
import { configShape, type Shape, variableName } from '../template/index.ts';
import { type Cursor, laterReason } from './cursor.ts';
import { configApplies } from './names.ts';
import { keywords } from './schema-keywords.ts';
import type { ConfigSchema } from './types.ts';

export const configKeysMax = 256;
const schemaLevelsMax = 16;

export interface ReadConfig {
  schema: ConfigSchema;
  /** What templates may name below `config`. */
  shape: Shape;
}

/** `config`: a JSON Schema 2020-12 of an object, each of whose properties is a config key. */
export function readConfig(cursor: Cursor | undefined): ReadConfig {
  const none: ConfigSchema = { type: 'object', properties: {} };
  if (cursor === undefined) return { schema: none, shape: configShape(none) };
  const entries = cursor.entries();
  const written: unknown = cursor.toJson();
  if (entries === undefined || !isJsonObject(written)) {
    if (entries !== undefined) cursor.report('holds what JSON cannot say', { allowed: 'a JSON Schema 2020-12' });
    return { schema: none, shape: { kind: 'any' } };
  }
  if (written['type'] !== 'object') {
    const at = entries.get('type')?.cursor ?? cursor;
    at.report('must be the schema of an object', {
      value: describeValue(written['type'] ?? null),
      allowed: 'type: object',
    });
  }
  const sound = [
    checkKeywords(cursor, 'root', 0),
    checkKeys(entries.get('properties')?.cursor),
    checkRequired(cursor, written),
  ];
  if (checkMeta(cursor, written) && sound.every(Boolean)) checkCompiled(cursor, written);
  const properties = isObject(written['properties']) ? written['properties'] : undefined;
  const schema: ConfigSchema = { ...written, type: 'object', properties: isJsonObject(properties) ? properties : {} };
  const readable = written['properties'] === undefined || properties !== undefined;
  return { schema, shape: readable ? configShape(schema) : { kind: 'any' } };
}

/** Keys become names in templates and variables of hooks, so no two may become the same variable. */
function checkKeys(cursor: Cursor | undefined): boolean {
  const entries = cursor === undefined ? [] : [...(cursor.entries() ?? [])];
  const variables = new Map<string, string>();
  let sound = true;
  const report = (at: Cursor, reason: string, key: string, allowed: string): void => {
    sound = false;
    at.report(reason, { value: key, allowed });
  };
  if (entries.length > configKeysMax)
    cursor?.report(`has ${entries.length} keys`, { allowed: `at most ${configKeysMax}` });
  for (const [key, { cursor: at }] of entries) {
    if (!/^[A-Za-z][A-Za-z0-9_.-]{0,62}$/.test(key)) {
      report(
        at,
        `"${key}" is no name for a config key`,
        key,
        'a letter, then letters, digits, "_", "-" and ".", at most 63',
      );
    }
    const variable = variableName(key);
    const other = variables.get(variable);
    if (other !== undefined)
      report(at, `"${key}" and "${other}" both become YIQIU_CONFIG_${variable}`, key, 'another name');
    variables.set(variable, key);
  }
  return sound;
}

function checkRequired(cursor: Cursor, schema: JsonObject): boolean {
  const { required, properties } = schema;
  if (!Array.isArray(required) || !isObject(properties)) return true;
  const keys = Object.keys(properties);
  const unknown = required.filter((key) => typeof key === 'string' && !keys.includes(key));
  const at = cursor.entries()?.get('required')?.cursor;
  for (const key of unknown) {
    at?.report(`requires "${String(key)}", which is no declared key${didYouMean(String(key), keys)}`, {
      value: String(key),
    });
  }
  return unknown.length === 0;
}

type Position = 'root' | 'key' | 'inner';

/** Unknown keywords are allowed by JSON Schema, and nearly always a typing mistake: refused. True: none was found. */
function checkKeywords(cursor: Cursor, position: Position, level: number): boolean {
  if (typeof cursor.scalar === 'boolean' && position !== 'root') return true;
  const entries = cursor.entries();
  if (entries === undefined) return false;
  if (level > schemaLevelsMax)
    return cursor.report('is nested too deeply', { allowed: `at most ${schemaLevelsMax} levels` }) ?? false;
  const sound = [...entries].map(([keyword, { at, cursor: value }]) => {
    if (keyword === 'x-secret') {
      cursor.source.report(at, value.path, `"x-secret" ${laterReason}`);
      return false;
    }
    if (keyword === 'x-apply') return checkApply(value, position);
    const content = keywords.get(keyword);
    if (content !== undefined) return checkContent(keyword, value, content, position, level);
    const known = [...keywords.keys(), 'x-apply'];
    const detail = { value: keyword, allowed: 'a keyword of JSON Schema 2020-12, or x-apply' };
    cursor.source.report(at, value.path, `unknown keyword "${keyword}"${didYouMean(keyword, known)}`, detail);
    return false;
  });
  return sound.every(Boolean);
}

function checkApply(cursor: Cursor, position: Position): boolean {
  if (position === 'key') return cursor.word(configApplies) !== undefined;
  return cursor.report('"x-apply" belongs to a config key, not within one') ?? false;
}

function checkContent(keyword: string, cursor: Cursor, content: string, position: Position, level: number): boolean {
  switch (content) {
    case 'schema':
      return checkKeywords(cursor, 'inner', level + 1);
    case 'list':
      return (cursor.list(configKeysMax) ?? []).map((item) => checkKeywords(item, 'inner', level + 1)).every(Boolean);
    case 'map': {
      const below = keyword === 'properties' && position === 'root' ? 'key' : 'inner';
      const entries = [...(cursor.entries() ?? [])];
      const patterns =
        keyword === 'patternProperties' ? entries.map(([key, { cursor: at }]) => checkPattern(key, at)) : [];
      return [...patterns, ...entries.map(([, { cursor: at }]) => checkKeywords(at, below, level + 1))].every(Boolean);
    }
    default:
      return checkPlain(keyword, cursor);
  }
}

function checkPlain(keyword: string, cursor: Cursor): boolean {
  const { scalar } = cursor;
  if (keyword === 'pattern' && typeof scalar === 'string') return checkPattern(scalar, cursor);
  if (keyword === '$schema') return cursor.word([draft]) !== undefined;
  if (keyword === 'format') return cursor.word(formatNames) !== undefined;
  return true;
}

function checkPattern(pattern: string, cursor: Cursor): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch (error) {
    return cursor.report(messageOf(error), { value: describeValue(pattern), allowed: 'a regular expression' }) ?? false;
  }
}

/** By the meta-schema: `type: strng`, `minimum: ten`. True: nothing was found. */
function checkMeta(cursor: Cursor, schema: JsonObject): boolean {
  const seen = new Set<string>();
  for (const error of metaErrors(schema)) {
    if (seen.has(error.instancePath) || error.keyword === 'anyOf') continue;
    seen.add(error.instancePath);
    const at = cursor.descend(pointerParts(error.instancePath));
    const { reason, allowed } = explain(error);
    at.report(reason, { value: describeValue(at.toJson()), allowed });
  }
  return seen.size === 0;
}

/** As a whole, and each default by its own key's schema. */
function checkCompiled(cursor: Cursor, schema: JsonObject): void {
  try {
    const compiled = compileSchema(schema);
    for (const [key, property] of Object.entries(isObject(schema['properties']) ? schema['properties'] : {})) {
      if (!isJsonObject(property) || property['default'] === undefined) continue;
      const [error] = compiled.checkKey(key, property['default']);
      if (error === undefined) continue;
      const { reason, allowed } = explain(error);
      const at = cursor.descend(['properties', key, 'default']);
      at.report(`the default ${reason}`, { value: describeValue(property['default']), allowed });
    }
  } catch (error) {
    const message = messageOf(error);
    const pointer = /at path "#([^"]*)"/.exec(message)?.[1] ?? '';
    cursor.descend(pointerParts(pointer)).report(`is no valid schema: ${message}`);
  }
}

function pointerParts(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}
