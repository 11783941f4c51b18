import { unreachable } from '@yiqiu/kernel';
import type { EventEnvelope } from '@yiqiu/kernel';
import { evolveContainer } from './container/index.ts';
import { asResourceEvent } from './events.ts';
import type { ResourceEnvelope } from './events.ts';
import { evolveHost } from './host/index.ts';
import { makesRoom } from './makes-room.ts';
import { putPackage } from './package/index.ts';
import { evolvePlacement } from './placement/index.ts';
import type { ResourceContextState } from './state.ts';

/** Which room folds which event. Throws on a type or version that the catalogue does not have. */
export const evolve = (state: ResourceContextState, envelope: EventEnvelope): void => {
  const event = asResourceEvent(envelope);
  if (makesRoom[event.type]) state.latest.room = event.position;
  foldEvent(state, event);
};

const foldEvent = (state: ResourceContextState, event: ResourceEnvelope): void => {
  switch (event.type) {
    case 'PackageCreated':
      return putPackage(state, event.data);
    case 'HostObserved':
    case 'HostForgotten':
    case 'MachineEvacuated':
    case 'MachineClosed':
    case 'MachineCloseRefused':
    case 'HostFenced':
      return evolveHost(state, event);
    case 'ResourceServiceDefined':
      return void state.services.set(event.data.serviceUid, event.data);
    case 'PlacementPending':
    case 'PlacementCancelled':
      return evolvePlacement(state, event);
    case 'ContainerAllocated':
    case 'ContainerActivated':
    case 'ContainerEvacuating':
    case 'EvacuationHeld':
    case 'ContainerWaiting':
    case 'ContainerReleasing':
    case 'ContainerReleased':
      return evolveContainer(state, event);
  }
  return unreachable(event, 'resource event');
};
