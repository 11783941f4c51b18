import { z } from 'zod';

export const alarmKinds = ['pool-frozen', 'machine-fault'] as const;

/** One incident: from its first event to its end (`until`). */
export const alarmRow = z.strictObject({
  uid: z.string(),
  kind: z.enum(alarmKinds),
  pool: z.string().nullable(),
  machine: z.string().nullable(),
  since: z.string(),
  until: z.string().nullable(),
  message: z.string(),
});
export type Alarm = z.infer<typeof alarmRow>;
