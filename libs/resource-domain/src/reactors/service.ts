import { unreachable } from '@yiqiu/kernel';
import type { Reaction, Reactor } from '@yiqiu/kernel';
import type { ResourceCommand } from '../commands.ts';
import type { PlacementRequest } from '../placement/index.ts';
import type { ResourceContextState } from '../state.ts';
import { asForeign } from './foreign.ts';
import type { ForeignOf } from './foreign.ts';

const types = [
  'UnitRequested',
  'UnitReady',
  'UnitMigrated',
  'EvacuationCancelled',
  'UnitRemoved',
  'UnitCopyRemoved',
  'ContainerDeclined',
] as const;

/**
 * Refused means that the world went on: a newer incarnation asked (request-stale), or the container is gone or another's
 * (container-unknown, container-of-another). Nothing is left to do then.
 */
const done = (command: ResourceCommand): readonly Reaction<ResourceCommand>[] => [{ command, ifRefused: 'done' }];

/** Answers what units ask for, and ends what they have left. */
export const serviceReactor: Reactor<ResourceContextState, ResourceCommand> = {
  types,
  react: (_state, envelope) => {
    const event = asForeign(envelope, types);
    switch (event.type) {
      case 'UnitRequested':
        return done({ type: 'AllocateContainer', data: { requests: requestsOf(event.data) } });
      case 'UnitReady': {
        const { container, uid: unitUid, incarnation } = event.data;
        return done({ type: 'ActivateContainer', data: { container, unitUid, incarnation } });
      }
      case 'UnitMigrated': {
        const { uid: unitUid, from, to } = event.data;
        return done({ type: 'MigrateContainer', data: { unitUid, from: from.container, to: to.container } });
      }
      case 'EvacuationCancelled': {
        const { uid: unitUid, container, replacement, then, message } = event.data;
        return done({ type: 'CancelEvacuation', data: { unitUid, container, replacement, then, message } });
      }
      case 'UnitRemoved': {
        const { container, uid: unitUid, requestId } = event.data;
        // Version 1 was written only where the agent had said so.
        const confirmed = 'confirmed' in event.data ? event.data.confirmed : true;
        return done({ type: 'ReleaseUnit', data: { unitUid, container, requestId, confirmed } });
      }
      case 'UnitCopyRemoved': {
        const { container, uid: unitUid, incarnation } = event.data;
        return done({ type: 'EndRelease', data: { container, unitUid, incarnation } });
      }
      case 'ContainerDeclined': {
        const { container, requestId } = event.data;
        return done({ type: 'DeclineContainer', data: { container, requestId } });
      }
    }
    return unreachable(event, 'service event');
  },
};

/** The unit's own request first, then those that are to be placed together with it. */
const requestsOf = ({ batch = [], ...own }: ForeignOf<'UnitRequested'>['data']): readonly PlacementRequest[] => {
  const { uid: unitUid, groupUid: _groupUid, ...rest } = own;
  const request = { unitUid, ...rest };
  return [request, ...batch.map(({ uid, ...other }) => ({ ...request, unitUid: uid, ...other }))];
};
