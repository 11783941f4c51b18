import { unreachable } from '@yiqiu/kernel';
import type { Reactor } from '@yiqiu/kernel';
import type { ResourceCommand } from '../commands.ts';
import type { ResourceContextState } from '../state.ts';
import { asForeign } from './foreign.ts';

const types = ['UnitRequested', 'UnitReady', 'UnitRemoved', 'ContainerDeclined'] as const;

/**
 * Answers what units ask for. Refused means that the world went on: a newer incarnation asked (request-stale), or the
 * container is gone or another's (container-unknown, container-of-another). Nothing is left to do then.
 */
export const serviceReactor: Reactor<ResourceContextState, ResourceCommand> = {
  types,
  react: (_state, envelope) => {
    const event = asForeign(envelope, types);
    switch (event.type) {
      case 'UnitRequested': {
        const { uid: unitUid, groupUid: _groupUid, ...request } = event.data;
        return [{ command: { type: 'AllocateContainer', data: { unitUid, ...request } }, ifRefused: 'done' }];
      }
      case 'UnitReady': {
        const { container, uid: unitUid, incarnation } = event.data;
        return [
          { command: { type: 'ActivateContainer', data: { container, unitUid, incarnation } }, ifRefused: 'done' },
        ];
      }
      case 'UnitRemoved': {
        const { container, uid: unitUid, requestId } = event.data;
        return [{ command: { type: 'ReleaseUnit', data: { unitUid, container, requestId } }, ifRefused: 'done' }];
      }
      case 'ContainerDeclined': {
        const { container, requestId } = event.data;
        return [{ command: { type: 'DeclineContainer', data: { container, requestId } }, ifRefused: 'done' }];
      }
    }
    return unreachable(event, 'service event');
  },
};
