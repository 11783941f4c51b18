import { unreachable } from '@yiqiu/kernel';
import type { EventEnvelope, Reaction } from '@yiqiu/kernel';
import type { ResourceCommand } from './commands.ts';
import { asResourceEvent } from './events.ts';
import { isEvacuated } from './host/index.ts';
import type { ResourceContextState } from './state.ts';

type Reactions = readonly Reaction<ResourceCommand>[];

const none: Reactions = [];

/** Neither command is ever refused: a refusal is a defect. */
const confirm = (state: ResourceContextState, machineUid: string): Reactions =>
  isEvacuated(state, state.hosts.get(machineUid))
    ? [{ command: { type: 'ConfirmEvacuated', data: { machineUid } }, ifRefused: 'halt' }]
    : none;

const retry = (state: ResourceContextState): Reactions =>
  state.pending.size === 0 ? none : [{ command: { type: 'PlacePending', data: {} }, ifRefused: 'halt' }];

/** What follows here from an event of ours: a faulty machine that is empty is confirmed; room that came up is used. */
export const react = (state: ResourceContextState, envelope: EventEnvelope): Reactions => {
  const event = asResourceEvent(envelope);
  switch (event.type) {
    case 'HostObserved':
      return [...confirm(state, event.data.machineUid), ...retry(state)];
    case 'ContainerReleased':
      return [...confirm(state, event.data.machineUid), ...retry(state)];
    case 'PackageCreated':
    case 'HostForgotten':
      return retry(state);
    case 'ContainerAllocated':
    case 'ContainerActivated':
    case 'ContainerEvacuating':
    case 'ContainerReleasing':
    case 'MachineEvacuated':
    case 'MachineClosed':
    case 'MachineCloseRefused':
    case 'PlacementPending':
    case 'PlacementCancelled':
    case 'ResourceServiceDefined':
      return none;
  }
  return unreachable(event, 'resource event');
};
