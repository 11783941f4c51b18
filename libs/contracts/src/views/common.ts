import { z } from 'zod';

/** ISO 8601 UTC. */
export const time = z.iso.datetime();
export const timeOrNull = time.nullable();
export const json = z.json();
export const jsonObject = z.record(z.string(), z.json());
export const stringMap = z.record(z.string(), z.string());
export const portsView = z.record(z.string(), z.int());
export const capacityView = z
  .object({ cpuMilli: z.int(), memoryMiB: z.int(), diskMiB: z.int() })
  .meta({ id: 'Capacity' });

/** A list's page. `next` goes into `cursor` for the following one; null at the end. */
export const page = <T extends z.ZodType>(item: T, id: string) =>
  z.object({ items: z.array(item), next: z.string().nullable() }).meta({ id });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: z
      .array(z.object({ field: z.string(), value: z.json(), allowed: z.json(), message: z.string().optional() }))
      .optional(),
    state: z.string().optional(),
    possible: z.array(z.string()).optional(),
    next: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;
