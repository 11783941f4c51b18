import { z } from 'zod';

/** What a queued command is about; the script itself is taken from the strategy's revision when it is sent. */
export const initRef = z.strictObject({
  attempt: z.int().min(1),
  index: z.int().min(0),
  strategy: z.string(),
  revision: z.int().min(1),
});
export type InitRef = z.infer<typeof initRef>;

export const queueRow = z.strictObject({
  machineUid: z.string(),
  journalId: z.string().nullable(),
  generation: z.int().min(1),
  nextSeq: z.int().min(1),
  pending: z.array(z.strictObject({ seq: z.int().min(1), startBy: z.int(), ref: initRef })),
});
