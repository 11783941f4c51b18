import { isObject } from '../json.ts';
import { didYouMean } from '../problem/index.ts';

export type Step = { found: true; value: unknown } | { found: false };

/** One step along a path, by own properties only: `constructor` and the like are unknown names. */
export function stepInto(value: unknown, part: string): Step {
  if (Array.isArray(value)) {
    if (part === 'length') return { found: true, value: value.length };
    const index = /^\d{1,9}$/.test(part) ? Number(part) : -1;
    return index >= 0 && index < value.length ? { found: true, value: value[index] } : { found: false };
  }
  if (typeof value === 'string') return part === 'length' ? { found: true, value: value.length } : { found: false };
  if (isObject(value) && Object.hasOwn(value, part)) return { found: true, value: value[part] };
  return { found: false };
}

export interface UnknownName {
  /** The whole path as written. */
  path: string;
  /** Its first part that does not exist. */
  part: string;
  /** What exists there. */
  known: readonly string[];
  /** What exists at the root, where the path began in an inner context. */
  root: readonly string[];
}

/** The sentence for a name that does not exist, with a way out where one is near. */
export function unknownName({ path, part, known, root }: UnknownName): string {
  const shown = path === part ? `"${part}"` : `"${part}" in "${path}"`;
  if (root.includes(part)) return `unknown name ${shown} here: write "@root.${path}" to reach it from inside the block`;
  return `unknown name ${shown}${didYouMean(part, known)}`;
}

export const noSuchLevel = (path: string): string => `"${path}" climbs above the template's outermost block`;

export const noSuchData = (path: string): string =>
  `unknown name "${path}": there are @root and, inside #each, @index, @key, @first and @last`;
export const loopData: readonly string[] = ['index', 'key', 'first', 'last'];
export const unsupportedParts = 'partials and decorators ({{> …}}, {{* …}}) are not supported';
