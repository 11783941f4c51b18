import type { ResourceContextEvent } from '@yiqiu/contracts';
import { howOf, released } from '../container/ending.ts';
import { containersOfUnit } from '../container/state.ts';
import type { Package } from '../package/index.ts';
import { definedAs, definitionOf } from '../resource-service/index.ts';
import type { Placed, Unplaced } from './place.ts';
import type { PlacementRequest } from './state.ts';
import type { Tentative } from './tentative.ts';

/** The service's definition where it is new, then the container; both are in `tentative` from then on. */
export const allocated = (
  tentative: Tentative,
  request: PlacementRequest,
  { fit, package: known, resources }: Placed,
  { uid, replaces }: { readonly uid: string; readonly replaces: string | null },
): readonly ResourceContextEvent[] => {
  const { host, ports, home } = fit;
  const { requestId, unitUid, unit, serviceUid, service, ordinal, incarnation } = request;
  const { machineUid, machine, address, rack, zone, labels } = host;
  tentative.add({ uid, serviceUid, ordinal, machineUid, resources, ports, home });
  return [
    ...defined(tentative, request, known),
    {
      stream: `container/${uid}`,
      type: 'ContainerAllocated',
      version: 1,
      data: {
        ...{ uid, requestId, unitUid, unit, serviceUid, service, ordinal, incarnation },
        ...{ package: known.name, resources, machineUid, machine, address, rack, zone, labels },
        ...{ ports, home, replaces },
      },
    },
    ...(replaces === null ? superseded(tentative, request) : []),
  ];
};

/** A unit that got another place by its own request does not wait for its old machine any more. */
const superseded = (tentative: Tentative, { unitUid }: PlacementRequest): readonly ResourceContextEvent[] =>
  containersOfUnit(tentative.state, unitUid).flatMap((row) => {
    if (row.state !== 'WAITING' || row.fenced === null) return [];
    tentative.free(row);
    return [released(row, howOf[row.fenced])];
  });

/** The service's definition where it is new and its package known, then that the request waits, and why. */
export const waiting = (
  tentative: Tentative,
  request: PlacementRequest,
  { package: known, message, filters }: Unplaced,
): readonly ResourceContextEvent[] => [
  ...(known === null ? [] : defined(tentative, request, known)),
  {
    stream: `placement/${request.requestId}`,
    type: 'PlacementPending',
    version: 1,
    data: { ...request, message, filters: { ...filters } },
  },
];

const defined = (tentative: Tentative, request: PlacementRequest, known: Package): readonly ResourceContextEvent[] => {
  const definition = definitionOf(request, known);
  const events = definedAs(definition, tentative.definitionOf(definition.serviceUid));
  if (events.length > 0) tentative.define(definition);
  return events;
};
