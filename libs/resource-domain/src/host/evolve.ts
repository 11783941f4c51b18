import { unreachable } from '@yiqiu/kernel';
import { changeContainer } from '../container/rows.ts';
import type { EnvelopeOf } from '../events.ts';
import { reshelve } from '../placement/shelf.ts';
import { must } from '../state.ts';
import type { ResourceContextState } from '../state.ts';
import type { Host } from './state.ts';

export type HostEnvelope = EnvelopeOf<
  'HostObserved' | 'HostForgotten' | 'HostFenced' | 'MachineEvacuated' | 'MachineClosed' | 'MachineCloseRefused'
>;

const change = (state: ResourceContextState, machineUid: string, patch: Partial<Host>): void => {
  state.hosts.set(machineUid, { ...must(state.hosts.get(machineUid), `host ${machineUid}`), ...patch });
  reshelve(state, machineUid);
};

export const evolveHost = (state: ResourceContextState, event: HostEnvelope): void => {
  switch (event.type) {
    case 'HostObserved': {
      const { data } = event;
      const before = state.hosts.get(data.machineUid);
      state.hosts.set(data.machineUid, {
        ...data,
        told: 'told' in data ? data.told : null,
        closedFor: data.state === 'READY' ? null : (before?.closedFor ?? null),
        evacuated: data.state === 'ERROR_DETECTED' && before?.evacuated === true,
        fenceId: before?.fenceId ?? null,
      });
      return reshelve(state, data.machineUid);
    }
    case 'HostForgotten':
      state.hosts.delete(event.data.machineUid);
      return reshelve(state, event.data.machineUid);
    case 'HostFenced': {
      const { machineUid, fenceId, how, containers } = event.data;
      for (const uid of containers) changeContainer(state, uid, { fenced: how });
      return change(state, machineUid, { fenceId });
    }
    case 'MachineEvacuated':
      return change(state, event.data.machineUid, { evacuated: true });
    case 'MachineClosed':
      return change(state, event.data.machineUid, { closedFor: event.data.requestId });
    case 'MachineCloseRefused':
      return;
  }
  return unreachable(event, 'host event');
};
