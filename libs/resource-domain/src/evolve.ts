import { unreachable } from '@yiqiu/kernel';
import type { EventEnvelope } from '@yiqiu/kernel';
import { evolveContainer } from './container/index.ts';
import { asResourceEvent } from './events.ts';
import { evolveHost } from './host/index.ts';
import { putPackage } from './package/index.ts';
import { evolvePlacement } from './placement/index.ts';
import type { ResourceContextState } from './state.ts';

/** Which room folds which event. Throws on a type or version that the catalogue does not have. */
export const evolve = (state: ResourceContextState, envelope: EventEnvelope): void => {
  const event = asResourceEvent(envelope);
  switch (event.type) {
    case 'PackageCreated':
      return putPackage(state, event.data);
    case 'HostObserved':
    case 'HostForgotten':
    case 'MachineEvacuated':
    case 'MachineClosed':
    case 'MachineCloseRefused':
      return evolveHost(state, event);
    case 'ResourceServiceDefined':
      return void state.services.set(event.data.serviceUid, event.data);
    case 'PlacementPending':
    case 'PlacementCancelled':
      return evolvePlacement(state, event);
    case 'ContainerAllocated':
    case 'ContainerActivated':
    case 'ContainerEvacuating':
    case 'ContainerReleasing':
    case 'ContainerReleased':
      return evolveContainer(state, event);
  }
  return unreachable(event, 'resource event');
};
