import { machineCatalogue, resourceCatalogue } from '@yiqiu/contracts';
import type { ContextName, EventEnvelope, Reaction, Reactor } from '@yiqiu/kernel';
import type { ServiceCommand } from './command.ts';
import type { ServiceState } from './state.ts';
import { allocation } from './unit/bind.ts';

const always = (command: ServiceCommand): readonly Reaction<ServiceCommand>[] => [{ command, ifRefused: 'halt' }];

const placementPending = resourceCatalogue.PlacementPending[1];
const machineGone = machineCatalogue.MachineLeft[1].pick({ uid: true }).loose();

/**
 * The resource layer's answers to UnitRequested. Binding declines by itself what nobody asked for (ContainerDeclined), so
 * neither command is ever refused.
 */
const toResource: Reactor<ServiceState, ServiceCommand> = {
  types: ['ContainerAllocated', 'PlacementPending'],
  react: (_state, event) => {
    if (event.type === 'ContainerAllocated') return always({ type: 'BindUnit', data: allocation.parse(event.data) });
    const { unitUid, requestId, message } = placementPending.parse(event.data);
    return always({ type: 'NotePlacement', data: { unitUid, requestId, message } });
  },
};

/** A machine that is gone for good takes its queue with it. */
const toMachine: Reactor<ServiceState, ServiceCommand> = {
  types: ['MachineLeft', 'MachineDiscarded'],
  react: (_state, event: EventEnvelope) =>
    always({ type: 'CloseMachine', data: { machineUid: machineGone.parse(event.data).uid } }),
};

export const reactors: { readonly [context in ContextName]?: Reactor<ServiceState, ServiceCommand> } = {
  resource: toResource,
  machine: toMachine,
};
