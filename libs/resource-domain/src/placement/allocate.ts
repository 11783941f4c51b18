import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { requestStale } from '../container/errors.ts';
import { setOf } from '../multimap.ts';
import { must } from '../state.ts';
import type { ResourceContextState } from '../state.ts';
import { cancelled } from './cancelled.ts';
import { allocated, waiting } from './outcome.ts';
import { place } from './place.ts';
import type { PlacementRequest } from './state.ts';
import { Tentative } from './tentative.ts';

/** A unit asks for a place to run an incarnation. */
export type AllocateContainer = Command<'AllocateContainer', PlacementRequest>;

/**
 * ContainerAllocated, or PlacementPending with the reason; older requests of the unit that wait are given up. A request
 * that was answered or waits already changes nothing. Refuses: request-stale.
 */
export const allocateContainer = (
  state: ResourceContextState,
  { data: request }: AllocateContainer,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  if (state.containerByRequest.has(request.requestId) || state.pending.has(request.requestId)) return accept([]);
  const known = newestIncarnation(state, request.unitUid);
  if (request.incarnation <= known) return refuse(requestStale(request.unit, request.incarnation, known));
  const older = [...setOf(state.pendingByUnit, request.unitUid)].flatMap((requestId) => cancelled(state, requestId));
  const tentative = new Tentative(state);
  const placement = place(tentative, request);
  const events = placement.placed
    ? allocated(tentative, request, placement, ctx.uuid())
    : waiting(tentative, request, placement);
  return accept([...events, ...older]);
};

/** The highest incarnation that the unit has, or waits for; 0 for none. */
const newestIncarnation = (state: ResourceContextState, unitUid: string): number =>
  Math.max(
    0,
    ...[...setOf(state.containersByUnit, unitUid)].map(
      (uid) => must(state.containers.get(uid), `container ${uid}`).incarnation,
    ),
    ...[...setOf(state.pendingByUnit, unitUid)].map(
      (requestId) => must(state.pending.get(requestId), `pending request ${requestId}`).incarnation,
    ),
  );
