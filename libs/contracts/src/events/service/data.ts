import { z } from 'zod';
import { count, name, uid, unitName } from '../define.ts';

export const dataEvents = {
  /** Stream `data/<uid>`. A removal keeps the data: listed, adoptable, purged only on demand or after its retention. */
  DataOrphaned: {
    1: z.strictObject({
      uid,
      unit: unitName,
      unitUid: uid,
      incarnation: z.int().min(1),
      machineUid: uid,
      machine: name,
      path: z.string().max(4_096),
      sizeBytes: count,
      kind: z.enum(['orphaned', 'stale']),
    }),
  },
  DataPurged: { 1: z.strictObject({ uid, unit: unitName }) },
} as const;
