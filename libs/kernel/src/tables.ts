import type { Json } from './json.ts';

/**
 * A context's state as rows: what is snapshotted, hashed and restored. Rows are plain JSON; indexes, heaps and caches are
 * not rows and are rebuilt by `restore`.
 */
export type Tables = { readonly [table: string]: Iterable<readonly [key: string, row: Json]> };

/** The same, read back from a snapshot. */
export type TableRows = { readonly [table: string]: readonly (readonly [key: string, row: Json])[] };
