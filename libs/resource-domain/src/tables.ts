import type { Json, TableRows, Tables } from '@yiqiu/kernel';
import type { z } from 'zod';
import { containerRow, restoreContainers } from './container/index.ts';
import { hostRow } from './host/index.ts';
import { packageRow, putPackage } from './package/index.ts';
import { pendingRow, putPending } from './placement/index.ts';
import { reshelve } from './placement/shelf.ts';
import { resourceServiceRow } from './resource-service/index.ts';
import { initialState } from './state.ts';
import type { ResourceContextState } from './state.ts';

/** The rows of the state; its indexes are none. */
export const tables = (state: ResourceContextState): Tables => ({
  package: state.packages,
  host: state.hosts,
  'resource-service': state.services,
  container: state.containers,
  pending: state.pending,
});

/** Throws where a row is not one of ours: the snapshot is dropped then. */
export const restore = (rows: TableRows): ResourceContextState => {
  const state = initialState();
  for (const row of read(rows, 'package', packageRow)) putPackage(state, row);
  for (const row of read(rows, 'host', hostRow)) state.hosts.set(row.machineUid, row);
  for (const row of read(rows, 'resource-service', resourceServiceRow)) state.services.set(row.serviceUid, row);
  restoreContainers(state, read(rows, 'container', containerRow));
  for (const machineUid of state.hosts.keys()) reshelve(state, machineUid);
  const pending = read(rows, 'pending', pendingRow);
  for (const row of pending.sort((a, b) => a.since - b.since)) putPending(state, row);
  return state;
};

const read = <T>(rows: TableRows, table: string, schema: z.ZodType<T>): T[] =>
  (rows[table] ?? []).map(([, row]: readonly [string, Json]) => schema.parse(row));
