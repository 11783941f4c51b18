import { z } from 'zod';
import { name, uid } from '../define.ts';

export const groupEvents = {
  /** Stream `group/<uid>`. */
  GroupCreated: { 1: z.strictObject({ uid, name }) },
  /** What was applied: the document as it was given, after checking. `revision` is the group's, for If-Match. */
  GroupApplied: {
    1: z.strictObject({
      uid,
      name,
      revision: z.int().min(1),
      document: z.record(z.string(), z.json()),
      operation: uid.nullable(),
    }),
  },
  GroupDestroyRequested: { 1: z.strictObject({ uid, name, operation: uid.nullable() }) },
  GroupRemoved: { 1: z.strictObject({ uid, name }) },
} as const;
