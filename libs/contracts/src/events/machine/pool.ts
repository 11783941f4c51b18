import { z } from 'zod';
import { count, name, reason, uid } from '../define.ts';

/** Times in ms. Blast radius: counts and percentages of docs/domain.md. */
export const faultPolicy = z.strictObject({
  leaseMs: count,
  holdDownMs: count,
  blastMachines: count,
  blastPercent: count,
  blastWindowMs: count,
});
export type FaultPolicy = z.infer<typeof faultPolicy>;

export const poolEvents = {
  PoolCreated: {
    1: z.strictObject({
      uid,
      name,
      region: z.string().max(63),
      initStrategy: name,
      autoOnline: z.boolean(),
      policy: faultPolicy,
    }),
  },
  PoolDeleted: { 1: z.strictObject({ uid, name }) },
  /** One incident: nothing in it goes to ERROR_DETECTED by detection. `machines`: the names that were counted, at most 1,000. */
  PoolFrozen: {
    1: z.strictObject({ uid, name, reason: z.string().max(500), machines: z.array(name).max(1_000).optional() }),
  },
  /**
   * All are back, or a person resumed it. `waived`: uids of the machines that a person said to go on with; they do not count
   * for the blast radius until they were heard of again.
   */
  PoolThawed: { 1: z.strictObject({ uid, name, reason, waived: z.array(uid).max(10_000).optional() }) },
} as const;
