import { fenceMeans } from '@yiqiu/contracts';
import { z } from 'zod';

/**
 * What a machine's fence driver is asked for, and how far that is: an outbox in the state, which the shell carries out.
 * `retryAt`: ms since the epoch; null where no driver can, so that a person is waited for.
 */
export const fenceOrderRow = z.strictObject({
  fenceId: z.string(),
  reason: z.string(),
  requestedAt: z.string(),
  attempts: z.int().min(0),
  message: z.string().nullable(),
  retryAt: z.int().nullable(),
});
export type FenceOrder = z.infer<typeof fenceOrderRow>;

/** Proof that was given. */
export const fenceRow = z.strictObject({
  uid: z.string(),
  machineUid: z.string(),
  machine: z.string(),
  scope: z.enum(['machine', 'units']),
  incarnations: z.array(z.strictObject({ unit: z.string(), incarnation: z.int() })),
  how: z.enum(fenceMeans),
  by: z.string(),
  at: z.string(),
});
export type Fence = z.infer<typeof fenceRow>;

/** Fences that stay in memory and in lists; older ones are in the log. */
export const fencesMax = 1_000;
