import { unreachable } from '@yiqiu/kernel';
import type { EnvelopeOf } from '../events.ts';
import { removePending } from '../placement/state.ts';
import { dropIfIdle } from '../resource-service/state.ts';
import { must } from '../state.ts';
import type { ResourceContextState } from '../state.ts';
import { addContainer, removeContainer } from './state.ts';
import type { Container } from './state.ts';

export type ContainerEnvelope = EnvelopeOf<
  'ContainerAllocated' | 'ContainerActivated' | 'ContainerEvacuating' | 'ContainerReleasing' | 'ContainerReleased'
>;

const change = (state: ResourceContextState, uid: string, patch: Partial<Container>): void => {
  state.containers.set(uid, { ...must(state.containers.get(uid), `container ${uid}`), ...patch });
};

export const evolveContainer = (state: ResourceContextState, event: ContainerEnvelope): void => {
  switch (event.type) {
    case 'ContainerAllocated': {
      const { address: _address, rack: _rack, zone: _zone, labels: _labels, ...kept } = event.data;
      if (state.pending.has(kept.requestId)) removePending(state, kept.requestId);
      addContainer(state, { ...kept, state: 'ALLOCATED', message: null });
      return;
    }
    case 'ContainerActivated':
      return change(state, event.data.uid, { state: 'ACTIVE' });
    case 'ContainerEvacuating':
      return change(state, event.data.uid, { state: 'EVACUATING', message: event.data.reason });
    case 'ContainerReleasing':
      return change(state, event.data.uid, { state: 'RELEASING', message: event.data.reason });
    case 'ContainerReleased': {
      const { serviceUid } = removeContainer(state, event.data.uid);
      dropIfIdle(state, serviceUid);
      return;
    }
  }
  return unreachable(event, 'container event');
};
