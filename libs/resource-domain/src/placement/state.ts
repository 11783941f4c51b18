import { resourceCatalogue } from '@yiqiu/contracts';
import { z } from 'zod';
import { addTo, removeFrom } from '../multimap.ts';
import { must } from '../state.ts';
import type { ResourceContextState } from '../state.ts';

/** What a unit asks for; `batch` where it is to be placed together with others, all or none. */
export const placementRequest = resourceCatalogue.PlacementPending[1].omit({ message: true, filters: true });
export type PlacementRequest = z.infer<typeof placementRequest>;

/** A request that nothing fits now. `since`: position at which it began to wait; the order of retries. */
export const pendingRow = resourceCatalogue.PlacementPending[1].extend({ since: z.int().min(1) });
export type PendingPlacement = z.infer<typeof pendingRow>;

export const requestOf = ({ message: _, filters: __, since: ___, ...request }: PendingPlacement): PlacementRequest =>
  request;

/** Puts a row in or replaces it, with its indexes. */
export const putPending = (state: ResourceContextState, row: PendingPlacement): void => {
  state.pending.set(row.requestId, row);
  addTo(state.pendingByUnit, row.unitUid, row.requestId);
  addTo(state.pendingByService, row.serviceUid, row.requestId);
};

/** Takes a row out, with its indexes. */
export const removePending = (state: ResourceContextState, requestId: string): PendingPlacement => {
  const row = must(state.pending.get(requestId), `pending request ${requestId}`);
  state.pending.delete(requestId);
  removeFrom(state.pendingByUnit, row.unitUid, requestId);
  removeFrom(state.pendingByService, row.serviceUid, requestId);
  return row;
};
