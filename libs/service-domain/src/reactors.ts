import { machineCatalogue, resourceCatalogue } from '@yiqiu/contracts';
import type { ContextName, EventEnvelope, Reaction, Reactor } from '@yiqiu/kernel';
import type { ServiceCommand } from './command.ts';
import type { ServiceState } from './state.ts';
import { allocation } from './unit/bind.ts';

const always = (command: ServiceCommand): readonly Reaction<ServiceCommand>[] => [{ command, ifRefused: 'halt' }];

const placementPending = resourceCatalogue.PlacementPending[1];
const evacuating = resourceCatalogue.ContainerEvacuating[1]
  .pick({ uid: true, unitUid: true, replacement: true, reason: true })
  .loose();
const waiting = resourceCatalogue.ContainerWaiting[1].pick({ uid: true, unitUid: true, reason: true }).loose();
const noted = (container: string, unitUid: string, reason: string | null) =>
  always({
    type: 'NoteEvacuation',
    data: { container, unitUid, message: reason ?? 'waits for a place on another machine' },
  });
const released = resourceCatalogue.ContainerReleased[1].pick({ uid: true, unitUid: true }).loose();
const fence = machineCatalogue.Fenced[1].pick({ uid: true, scope: true, incarnations: true, how: true }).loose();
const machineGone = machineCatalogue.MachineLeft[1].pick({ uid: true }).loose();

/**
 * The resource layer's answers to UnitRequested. Binding declines by itself what nobody asked for (ContainerDeclined), so
 * neither command is ever refused.
 */
const toResource: Reactor<ServiceState, ServiceCommand> = {
  types: ['ContainerAllocated', 'PlacementPending', 'ContainerEvacuating', 'ContainerWaiting', 'ContainerReleased'],
  react: (_state, event) => {
    if (event.type === 'ContainerAllocated') {
      const data = allocation.parse(event.data);
      return always({ type: data.replaces === null ? 'BindUnit' : 'OfferReplacement', data });
    }
    if (event.type === 'ContainerEvacuating') {
      const { uid, unitUid, replacement, reason } = evacuating.parse(event.data);
      // With a replacement, the offer came before it.
      if (replacement !== null) return [];
      return noted(uid, unitUid, reason);
    }
    if (event.type === 'ContainerWaiting') {
      const { uid, unitUid, reason } = waiting.parse(event.data);
      return noted(uid, unitUid, reason);
    }
    if (event.type === 'ContainerReleased') {
      const { uid, unitUid } = released.parse(event.data);
      return always({ type: 'WithdrawOffer', data: { container: uid, unitUid } });
    }
    const { unitUid, requestId, message } = placementPending.parse(event.data);
    return always({ type: 'NotePlacement', data: { unitUid, requestId, message } });
  },
};

/** A machine that is gone for good takes its queue with it; a fence proves what runs there no more. */
const toMachine: Reactor<ServiceState, ServiceCommand> = {
  types: ['MachineLeft', 'MachineDiscarded', 'Fenced'],
  react: (_state, event: EventEnvelope) => {
    if (event.type === 'Fenced') {
      const { uid, scope, incarnations, how } = fence.parse(event.data);
      return always({
        type: 'RecordFence',
        data: { machineUid: uid, how, only: scope === 'machine' ? null : incarnations },
      });
    }
    return always({ type: 'CloseMachine', data: { machineUid: machineGone.parse(event.data).uid } });
  },
};

export const reactors: { readonly [context in ContextName]?: Reactor<ServiceState, ServiceCommand> } = {
  resource: toResource,
  machine: toMachine,
};
