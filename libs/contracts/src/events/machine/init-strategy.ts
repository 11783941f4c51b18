import { z } from 'zod';
import { count, digest, name, text, uid } from '../define.ts';

export const initStep = z.strictObject({
  name,
  run: z.string().min(1).max(65_536),
  user: z.string().max(32),
  timeoutMs: z.int().min(1_000).max(86_400_000),
  retries: count.max(20),
  needsAgent: z.boolean(),
  mayReboot: z.boolean(),
});
export type InitStep = z.infer<typeof initStep>;

/** A post-check: a script that must exit 0, or a kernel version that must be running. */
export const initCheck = z.strictObject({
  name,
  run: z.string().max(65_536).nullable(),
  kernel: z.string().max(128).nullable(),
});
export type InitCheck = z.infer<typeof initCheck>;

export const initStrategyEvents = {
  /** A new, immutable revision. Editing a strategy rolls nothing. */
  InitStrategyRevised: {
    1: z.strictObject({
      uid,
      name,
      revision: z.int().min(1),
      os: z.string().max(128),
      kernel: z.string().max(128).nullable(),
      steps: z.array(initStep).max(100),
      checks: z.array(initCheck).max(100),
      hash: digest,
      stepHashes: z.array(digest).max(200),
      message: text.nullable(),
    }),
  },
} as const;
