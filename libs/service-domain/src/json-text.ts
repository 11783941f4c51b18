import type { Json } from '@yiqiu/kernel';
import { z } from 'zod';

/**
 * Opaque JSON of others (a manifest, config values, a group document) stands in the state as its text: it may hold
 * fractions, which state rows may not, and nobody but its owner looks inside.
 */
export type JsonText = string;
/** JSON as zod reads it: what views and agent payloads are made of. */
export type JsonMap = z.infer<typeof jsonMap>;
export type JsonValue = JsonMap[string];

const jsonMap = z.record(z.string(), z.json());

export const textOf = (value: Json): JsonText => JSON.stringify(value);

/** Throws where the text is not an object: it was one when it was stored. */
export const objectOf = (text: JsonText): JsonMap => jsonMap.parse(JSON.parse(text));

/** The same text for the same value, whatever the order of its keys; numbers may have fractions. */
export const stableText = (value: Json | undefined): string => {
  if (value === undefined || value === null) return 'null';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(stableText).join(',')}]`;
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${stableText(value[key])}`).join(',')}}`;
};

export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => stableText(a) === stableText(b);

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
