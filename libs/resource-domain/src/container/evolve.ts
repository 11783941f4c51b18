import { unreachable } from '@yiqiu/kernel';
import type { EnvelopeOf } from '../events.ts';
import { removePending } from '../placement/state.ts';
import { dropIfIdle } from '../resource-service/state.ts';
import { must } from '../state.ts';
import type { ResourceContextState } from '../state.ts';
import { addContainer, changeContainer, removeContainer } from './rows.ts';

export type ContainerEnvelope = EnvelopeOf<
  | 'ContainerAllocated'
  | 'ContainerActivated'
  | 'ContainerEvacuating'
  | 'EvacuationHeld'
  | 'ContainerWaiting'
  | 'ContainerReleasing'
  | 'ContainerReleased'
>;

const untouched = {
  message: null,
  replacement: null,
  waits: false,
  fenced: null,
  notBefore: null,
  givenUp: 0,
} as const;

export const evolveContainer = (state: ResourceContextState, event: ContainerEnvelope): void => {
  switch (event.type) {
    case 'ContainerAllocated': {
      const { address: _address, rack: _rack, zone: _zone, labels: _labels, ...kept } = event.data;
      if (state.pending.has(kept.requestId)) removePending(state, kept.requestId);
      return addContainer(state, { ...kept, ...untouched, state: 'ALLOCATED' });
    }
    case 'ContainerActivated':
      return changeContainer(state, event.data.uid, { state: 'ACTIVE' });
    case 'ContainerEvacuating': {
      const { uid, replacement, reason } = event.data;
      return changeContainer(state, uid, { state: 'EVACUATING', replacement, message: reason, notBefore: null });
    }
    case 'EvacuationHeld': {
      const { uid, until, attempt, message } = event.data;
      const { waits } = must(state.containers.get(uid), `container ${uid}`);
      return changeContainer(state, uid, {
        waits: waits || until === null,
        notBefore: until,
        givenUp: attempt,
        message,
      });
    }
    case 'ContainerWaiting':
      return changeContainer(state, event.data.uid, {
        state: 'WAITING',
        message: event.data.reason,
        notBefore: null,
      });
    case 'ContainerReleasing':
      return changeContainer(state, event.data.uid, {
        ...{ state: 'RELEASING', message: event.data.reason },
        ...{ replacement: null, waits: false, notBefore: null },
      });
    case 'ContainerReleased': {
      const { serviceUid } = removeContainer(state, event.data.uid);
      dropIfIdle(state, serviceUid);
      return;
    }
  }
  return unreachable(event, 'container event');
};
