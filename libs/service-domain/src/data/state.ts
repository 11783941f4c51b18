import { z } from 'zod';

export const dataRow = z.object({
  uid: z.string(),
  unit: z.string(),
  incarnation: z.int(),
  machineUid: z.string(),
  machine: z.string(),
  path: z.string(),
  sizeBytes: z.int(),
  kind: z.enum(['orphaned', 'stale']),
  since: z.string(),
});
export type DataRow = z.infer<typeof dataRow>;
