import { pageLimitMax, pageLimitDefault } from '@yiqiu/kernel';

export interface ListOptions {
  /** 1 to 1,000; 0 or absent means 100. */
  readonly limit?: number;
  /** Of the page before; empty or absent begins at the start. */
  readonly cursor?: string;
  readonly filters?: { readonly [name: string]: string };
}

export interface Page<T> {
  readonly items: T[];
  /** Goes into `cursor` for the following page; null at the end. */
  readonly next: string | null;
}

/**
 * One page of rows in the order of their keys. The cursor is the key of the last item given, so that rows which come and go
 * meanwhile neither repeat nor hide others.
 */
export const pageOf = <R, T>(
  rows: readonly R[],
  keyOf: (row: R) => string,
  view: (row: R) => T,
  { limit = 0, cursor = '' }: ListOptions,
): Page<T> => {
  const size = Math.min(limit < 1 ? pageLimitDefault : limit, pageLimitMax);
  const keyed = rows.map((row) => ({ key: keyOf(row), row })).filter(({ key }) => key > cursor);
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = keyed.slice(0, size);
  return { items: page.map(({ row }) => view(row)), next: keyed.length > size ? (page.at(-1)?.key ?? null) : null };
};

const digits = 7;

/** A number as a key that sorts as numbers do. */
export const numberKey = (value: number): string => String(value).padStart(digits, '0');

/** True where the filter is absent, or says the value. */
export const passes = (filters: ListOptions['filters'], name: string, value: string): boolean =>
  filters?.[name] === undefined || filters[name] === value;
