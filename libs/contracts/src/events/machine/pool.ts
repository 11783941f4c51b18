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
  PoolFrozen: { 1: z.strictObject({ uid, name, reason: z.string().max(500) }) },
  PoolThawed: { 1: z.strictObject({ uid, name, reason }) },
} as const;
