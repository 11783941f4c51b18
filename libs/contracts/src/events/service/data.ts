import { z } from 'zod';
import { count, instant, name, outputRef, reason, text, uid, unitName } from '../define.ts';

const incarnation = z.int().min(1);
const place = { machineUid: uid, generation: z.int().min(1), seq: z.int().min(1) };

/** What a person may do with data that no unit uses. */
export const dataChanges = ['purge', 'adopt'] as const;
export type DataChange = (typeof dataChanges)[number];

export const dataEvents = {
  /** Stream `data/<uid>`. A removal keeps the data: listed, adoptable, purged only on demand or after its retention. */
  DataOrphaned: {
    1: z.strictObject({
      uid,
      unit: unitName,
      unitUid: uid,
      incarnation,
      machineUid: uid,
      machine: name,
      path: z.string().max(4_096),
      sizeBytes: count,
      kind: z.enum(['orphaned', 'stale']),
    }),
  },
  /** To be deleted for good, or given to a unit (`target`; null for a purge). Who asked is in the envelope. */
  DataChangeRequested: {
    1: z.strictObject({
      uid,
      unit: unitName,
      change: z.enum(dataChanges),
      target: z.strictObject({ unit: unitName, unitUid: uid, incarnation, home: z.string().max(128) }).nullable(),
      operation: uid,
      reason,
    }),
  },
  /** The order for it is in the queue of its machine; once more with other numbers where the agent lost its journal. */
  DataChangeIssued: { 1: z.strictObject({ uid, unit: unitName, ...place, startBy: instant }) },
  /** Its agent could not, or did not in time: the data is kept and listed, and may be asked for again. */
  DataChangeFailed: {
    1: z.strictObject({
      uid,
      unit: unitName,
      ...place,
      exitCode: z.int().nullable(),
      message: text,
      durationMs: count,
      output: outputRef,
    }),
  },
  DataPurged: { 1: z.strictObject({ uid, unit: unitName }) },
  /** It is the data of a unit again. */
  DataAdopted: { 1: z.strictObject({ uid, unit: unitName, by: unitName, byUid: uid, incarnation }) },
  /** Off the list, and out of reach: its machine has left. */
  DataForgotten: { 1: z.strictObject({ uid, unit: unitName, machineUid: uid, machine: name, reason }) },
} as const;
