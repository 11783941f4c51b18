import { containersOfUnit } from '../container/state.ts';
import type { Container } from '../container/state.ts';
import { setOf } from '../multimap.ts';
import type { PlacementRequest } from '../placement/state.ts';
import { must } from '../state.ts';
import type { ResourceContextState } from '../state.ts';

/** The highest incarnation that a unit has, or waits for; 0 for none. */
export const newestIncarnation = (state: ResourceContextState, unitUid: string): number =>
  Math.max(
    0,
    ...containersOfUnit(state, unitUid).map(({ incarnation }) => incarnation),
    ...[...setOf(state.pendingByUnit, unitUid)].map(
      (requestId) => must(state.pending.get(requestId), `pending request ${requestId}`).incarnation,
    ),
  );

/** The request that nobody made: for the next incarnation of a container's unit, as its service asks for such. */
export const requestFor = (state: ResourceContextState, row: Container, requestId: string): PlacementRequest => {
  const { unitUid, unit, serviceUid, service, ordinal } = row;
  const {
    program,
    package: name,
    pools,
    ports,
    placement,
  } = must(state.services.get(serviceUid), `resource service ${serviceUid}`);
  return {
    ...{ requestId, unitUid, unit, serviceUid, service, ordinal },
    ...{ incarnation: newestIncarnation(state, unitUid) + 1, program, package: name, pools, ports, placement },
  };
};
