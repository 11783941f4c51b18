import type { Json } from './json.ts';

/**
 * Canonical JSON for state hashes: keys sorted by code unit, `undefined` left out, integers only, so that two folds give
 * the same bytes wherever they ran. Throws RangeError on a number that is not a safe integer: state holds none.
 */
export const canonicalJson = (value: Json | undefined): string => {
  if (value === null || value === undefined) return 'null';
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isSafeInteger(value)) throw new RangeError(`state holds ${value}, which is not a safe integer`);
      return Object.is(value, -0) ? '0' : String(value);
    case 'object':
      return Array.isArray(value)
        ? canonicalArray(value)
        : canonicalObject(value as { [key: string]: Json | undefined });
  }
};

const canonicalArray = (items: readonly Json[]): string => `[${items.map(canonicalJson).join(',')}]`;

const canonicalObject = (object: { [key: string]: Json | undefined }): string => {
  const parts: string[] = [];
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (value !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(value)}`);
  }
  return `{${parts.join(',')}}`;
};
