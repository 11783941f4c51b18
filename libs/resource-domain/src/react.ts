import { unreachable } from '@yiqiu/kernel';
import type { EventEnvelope, Reaction } from '@yiqiu/kernel';
import type { ResourceCommand } from './commands.ts';
import { isToEvacuate } from './evacuation/index.ts';
import { asResourceEvent } from './events.ts';
import type { ResourceEnvelope } from './events.ts';
import { isEvacuated } from './host/index.ts';
import { makesRoom } from './makes-room.ts';
import type { ResourceContextState } from './state.ts';

type Reactions = readonly Reaction<ResourceCommand>[];

const none: Reactions = [];

/** None of these commands is ever refused: a refusal is a defect. */
const answer = (command: ResourceCommand): Reactions => [{ command, ifRefused: 'halt' }];

const confirm = (state: ResourceContextState, machineUid: string): Reactions =>
  isEvacuated(state, state.hosts.get(machineUid)) ? answer({ type: 'ConfirmEvacuated', data: { machineUid } }) : none;

const evacuate = (state: ResourceContextState, machineUid: string): Reactions =>
  isToEvacuate(state, state.hosts.get(machineUid)) ? answer({ type: 'EvacuateHost', data: { machineUid } }) : none;

/** Once after the last of the events that make room, however many one decision had. */
const retry = (state: ResourceContextState, event: ResourceEnvelope): Reactions => {
  const isLast = makesRoom[event.type] && state.latest.room === event.position;
  const waits = state.pending.size > 0 || state.seeking.size > 0;
  return isLast && waits ? answer({ type: 'PlacePending', data: {} }) : none;
};

/**
 * What follows here from an event of ours: a faulty machine is evacuated, and confirmed once it is; room that came up is used.
 */
export const react = (state: ResourceContextState, envelope: EventEnvelope): Reactions => {
  const event = asResourceEvent(envelope);
  return [...aboutMachine(state, event), ...retry(state, event)];
};

const aboutMachine = (state: ResourceContextState, event: ResourceEnvelope): Reactions => {
  switch (event.type) {
    case 'HostObserved':
    case 'ContainerReleased':
    case 'ContainerWaiting':
      return [...evacuate(state, event.data.machineUid), ...confirm(state, event.data.machineUid)];
    case 'PackageCreated':
    case 'HostForgotten':
    case 'HostFenced':
    case 'ContainerAllocated':
    case 'ContainerActivated':
    case 'ContainerEvacuating':
    case 'EvacuationHeld':
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
