import { unreachable } from '@yiqiu/kernel';
import type { EnvelopeOf } from '../events.ts';
import { dropIfIdle } from '../resource-service/state.ts';
import type { ResourceContextState } from '../state.ts';
import { putPending, removePending } from './state.ts';

export type PlacementEnvelope = EnvelopeOf<'PlacementPending' | 'PlacementCancelled'>;

export const evolvePlacement = (state: ResourceContextState, event: PlacementEnvelope): void => {
  switch (event.type) {
    case 'PlacementPending': {
      const since = state.pending.get(event.data.requestId)?.since ?? event.position;
      putPending(state, { ...event.data, since });
      return;
    }
    case 'PlacementCancelled': {
      const { serviceUid } = removePending(state, event.data.requestId);
      dropIfIdle(state, serviceUid);
      return;
    }
  }
  return unreachable(event, 'placement event');
};
