import type { UnitReport } from '@yiqiu/contracts';
import { reservedUnitKeys } from '@yiqiu/program/manifest-types';
import { z } from 'zod';

/** What a unit's hooks published, by endpoint. */
export type RelationData = UnitReport['relationData'];

/** Of one unit, as JSON. */
export const relationBytesMax = 64 * 1024;
export const relationValueCharactersMax = 4_096;
/** As keys are named in a manifest (`provides … keys`). */
const keyPattern = /^[A-Za-z][\w.-]{0,62}$/;
const keysMax = 1_000;

/** One `relation-set`: an empty value takes the key away. */
export const relationSetting = z.strictObject({
  endpoint: z.string().min(1).max(63),
  granularity: z.enum(['unit', 'service']),
  values: z
    .record(z.string().regex(keyPattern), z.string().max(relationValueCharactersMax))
    .refine((values) => Object.keys(values).length <= keysMax),
});
export type RelationSetting = z.infer<typeof relationSetting>;

const bag = z.record(z.string(), z.string());
export const relationData = z.record(z.string(), z.strictObject({ unit: bag, service: bag }));

/** Why no key can be named so, or null. What the platform itself says of a unit cannot be published under its name. */
export const keyFault = (key: string, granularity: RelationSetting['granularity']): string | null => {
  if (!keyPattern.test(key)) {
    return `"${key}" is no name of a key: a letter, then letters, digits, "_", "." and "-", at most 63 in all`;
  }
  return granularity === 'unit' && reservedUnitKeys.includes(key)
    ? `"${key}" is said by the platform itself, as ${reservedUnitKeys.join(', ')}; choose another name`
    : null;
};

/** The data with the setting in it. Pure. An endpoint without keys is not listed. */
export const withSetting = (data: RelationData, setting: RelationSetting): RelationData => {
  const { endpoint, granularity, values } = setting;
  const before = Object.hasOwn(data, endpoint) ? data[endpoint] : undefined;
  const bags = { unit: before?.unit ?? {}, service: before?.service ?? {} };
  const merged = Object.entries({ ...bags[granularity], ...values }).filter(([, value]) => value !== '');
  const changed = { ...bags, [granularity]: Object.fromEntries(merged) };
  const empty = Object.keys(changed.unit).length === 0 && Object.keys(changed.service).length === 0;
  return Object.fromEntries(
    Object.entries({ ...data, [endpoint]: changed }).filter(([name]) => !empty || name !== endpoint),
  );
};

export const bytesOf = (data: RelationData): number => Buffer.byteLength(JSON.stringify(data));

/** Why the whole is too much, or null. */
export const sizeFault = (data: RelationData): string | null => {
  const bytes = bytesOf(data);
  return bytes <= relationBytesMax
    ? null
    : `a unit's relation data is at most ${relationBytesMax} bytes in all, with this it would be ${bytes}`;
};

/** Only what the manifest declares: an endpoint that a newer version dropped is not spoken of. */
export const ofEndpoints = (data: RelationData, endpoints: readonly string[]): RelationData =>
  Object.fromEntries(Object.entries(data).filter(([endpoint]) => endpoints.includes(endpoint)));
