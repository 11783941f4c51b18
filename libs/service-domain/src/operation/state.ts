import { operationKinds, operationStates } from '@yiqiu/contracts';
import { z } from 'zod';

export const operationRow = z.object({
  uid: z.string(),
  kind: z.enum(operationKinds),
  target: z.string(),
  targetUid: z.string(),
  state: z.enum(operationStates),
  message: z.string().nullable(),
  startedAt: z.string(),
  /** Of its OperationStarted in the log: their order. */
  position: z.int(),
  endedAt: z.string().nullable(),
  /** While it runs: how many units it had to go through at its start. At its end: done and total. */
  total: z.int(),
  done: z.int(),
});
export type OperationRow = z.infer<typeof operationRow>;

/** Operations kept after their end; the oldest are forgotten first, the log has them all. */
export const endedOperationsKept = 2_000;
