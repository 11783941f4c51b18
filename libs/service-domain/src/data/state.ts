import { dataChanges, dataKinds } from '@yiqiu/contracts';
import { z } from 'zod';
import type { ServiceState } from '../state.ts';

const target = z.object({ unit: z.string(), unitUid: z.string(), incarnation: z.int(), home: z.string() });
export type Target = z.infer<typeof target>;

/** What a person wants done with it, as it stands in the queue of its machine. */
const change = z.object({
  kind: z.enum(dataChanges),
  target: target.nullable(),
  operation: z.string(),
  generation: z.int(),
  seq: z.int(),
});

export const dataRow = z.object({
  uid: z.string(),
  unit: z.string(),
  /** As its agent knows it. */
  unitUid: z.string(),
  incarnation: z.int(),
  machineUid: z.string(),
  machine: z.string(),
  path: z.string(),
  sizeBytes: z.int(),
  kind: z.enum(dataKinds),
  since: z.string(),
  change: change.nullable(),
});
export type DataRow = z.infer<typeof dataRow>;
export type ChangingRow = DataRow & { change: NonNullable<DataRow['change']> };

export const isChanging = (row: DataRow): row is ChangingRow => row.change !== null;

/** Data on a machine that its agent has an order for. */
export const changingOn = (state: ServiceState, machineUid: string): ChangingRow[] =>
  [...state.data.values()].filter(isChanging).filter((row) => row.machineUid === machineUid);
