import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { requestStale } from '../container/errors.ts';
import { newestIncarnation } from '../evacuation/request.ts';
import { setOf } from '../multimap.ts';
import type { ResourceContextState } from '../state.ts';
import { cancelled } from './cancelled.ts';
import { waiting } from './outcome.ts';
import { Pass } from './pass.ts';
import type { PlacementRequest } from './state.ts';

/** Units of one service ask for places to run an incarnation: all of them at once, or none. One asks alone. */
export type AllocateContainer = Command<'AllocateContainer', { readonly requests: readonly PlacementRequest[] }>;

/**
 * ContainerAllocated for each, or PlacementPending with the reason for each; older requests of the units that wait are given
 * up. Requests that were answered or wait already change nothing, and stale ones are left out. Refuses: request-stale, where
 * all are.
 */
export const allocateContainer = (
  state: ResourceContextState,
  { data }: AllocateContainer,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  const open = data.requests.filter(
    ({ requestId }) => !state.containerByRequest.has(requestId) && !state.pending.has(requestId),
  );
  const requests = open.filter(({ unitUid, incarnation }) => incarnation > newestIncarnation(state, unitUid));
  const [stale] = open;
  if (requests.length === 0) {
    if (stale === undefined) return accept([]);
    return refuse(requestStale(stale.unit, stale.incarnation, newestIncarnation(state, stale.unitUid)));
  }
  const older = requests.flatMap(({ unitUid }) =>
    [...setOf(state.pendingByUnit, unitUid)].flatMap((requestId) => cancelled(state, requestId)),
  );
  const pass = new Pass(state);
  const placement = pass.placeAll(requests, ctx);
  const events = placement.placed
    ? placement.events
    : together(requests).flatMap((request) => waiting(pass.tentative, request, placement));
  return accept([...events, ...older]);
};

/** Marked as one batch, by the first of them. */
const together = (requests: readonly PlacementRequest[]): readonly PlacementRequest[] => {
  const [first, second] = requests;
  return first === undefined || second === undefined
    ? requests
    : requests.map((request) => ({ ...request, batch: first.requestId }));
};
