export { openPostgresLog } from './open.ts';
export { byteaArray, int8Array, textArray } from './binary-array.ts';
export { PostgresLog } from './log.ts';
export type { PostgresLogOptions } from './options.ts';
export { prepareDatabase, roleOf, type ContextUrls, type PrepareOptions } from './prepare-database.ts';
export { isUnreachable } from './errors.ts';
