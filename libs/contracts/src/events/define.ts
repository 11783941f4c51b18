import type { NewEvent } from '@yiqiu/kernel';
import { z } from 'zod';

/** One event type: the schema of `data` for every version ever written, by version number. */
export type VersionedSchemas = { readonly [version: number]: z.ZodType };
export type Catalogue = { readonly [type: string]: VersionedSchemas };

/** The union of all events of a catalogue, for exhaustive switches. Only the newest version is written. */
export type EventOf<C extends Catalogue> = {
  [T in keyof C & string]: { [V in keyof C[T] & number]: NewEvent<T, z.infer<C[T][V]>> }[keyof C[T] & number];
}[keyof C & string];

export const uid = z.uuid();
export const name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
/** `cache/redis` */
export const serviceName = z.string().regex(/^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}$/);
/** `cache/redis/3` */
export const unitName = z.string().regex(/^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}\/\d{1,6}$/);
export const count = z.int().min(0);
export const text = z.string().max(4_096);
export const reason = z.string().max(500).nullable();
export const labels = z.record(z.string().max(63), z.string().max(63));
export const portMap = z.record(z.string().max(63), z.int().min(1).max(65_535));
/** ms since the epoch. */
export const instant = z.int().min(0);
/** SHA-256, hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);

export const resources = z.strictObject({ cpuMilli: count, memoryMiB: count, diskMiB: count });
export type Resources = z.infer<typeof resources>;

/** Output of a step: kept as a blob, named here. `tail` is its last line, at most 200 characters, for lists. */
export const outputRef = z
  .strictObject({ digest, sizeBytes: count, truncated: z.boolean(), tail: z.string().max(200) })
  .nullable();
export type OutputRef = z.infer<typeof outputRef>;
