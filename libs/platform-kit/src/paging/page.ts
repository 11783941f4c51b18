import { pageLimitDefault, pageLimitMax, refusal, RefusedError } from '@yiqiu/kernel';
import { decodeCursor, encodeCursor } from './cursor.ts';

export interface Page<T> {
  readonly items: T[];
  /** Goes into `cursor` for the following page; undefined at the end, as the stubs have it. */
  readonly next: string | undefined;
}

export interface PageRequest {
  /** 1 to 1,000; 0 means 100. */
  readonly limit: number;
  /** '' for the first page. */
  readonly cursor: string;
}

/** Checks a page's limit. Throws RefusedError (invalid). */
export const pageLimit = (limit: number): number => {
  if (limit === 0) return pageLimitDefault;
  if (Number.isInteger(limit) && limit >= 1 && limit <= pageLimitMax) return limit;
  throw new RefusedError(
    refusal('invalid', 'limit-out-of-range', `limit is ${limit}, allowed is 1 to ${pageLimitMax}`, {
      errors: [
        { field: 'limit', value: Number.isFinite(limit) ? limit : String(limit), allowed: `1 to ${pageLimitMax}` },
      ],
    }),
  );
};

/** Orders by code unit, so that every process pages alike. */
export const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * One page of a list, in the order of its keys. Keys are unique and stable; what comes or goes between two pages changes
 * nothing for the others. Throws RefusedError on a bad limit or cursor.
 */
export const page = <T>(items: Iterable<T>, request: PageRequest, keyOf: (item: T) => string): Page<T> => {
  const limit = pageLimit(request.limit);
  const after = decodeCursor(request.cursor);
  const rest: { readonly key: string; readonly item: T }[] = [];
  for (const item of items) {
    const key = keyOf(item);
    if (request.cursor === '' || key > after) rest.push({ key, item });
  }
  rest.sort((a, b) => byKey(a.key, b.key));
  const taken = rest.slice(0, limit);
  const last = taken.at(-1);
  return {
    items: taken.map(({ item }) => item),
    next: rest.length > limit && last !== undefined ? encodeCursor(last.key) : undefined,
  };
};

/** Refuses filters that a list does not have: a mistyped one must not select everything. Throws RefusedError (invalid). */
export const checkFilters = (filters: { readonly [name: string]: string }, allowed: readonly string[]): void => {
  const unknown = Object.keys(filters).filter((name) => !allowed.includes(name));
  if (unknown.length === 0) return;
  throw new RefusedError(
    refusal(
      'invalid',
      'filter-unknown',
      `this list has no filter ${unknown.join(', ')}; it has ${allowed.join(', ') || 'none'}`,
      {
        errors: unknown.map((name) => ({ field: name, value: filters[name] ?? null, allowed: [...allowed] })),
      },
    ),
  );
};

/** A key with a number in it that sorts by its value: `sortable(7)` is `000000000007`. */
export const sortable = (value: number): string => String(value).padStart(12, '0');
