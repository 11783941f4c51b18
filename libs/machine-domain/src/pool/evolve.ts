import { unreachable } from '@yiqiu/kernel';
import type { EnvelopeOf } from '../events.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import type { Pool } from './state.ts';

export type PoolEnvelope = EnvelopeOf<'PoolCreated' | 'PoolDeleted' | 'PoolFrozen' | 'PoolThawed'>;

const change = (state: MachineContextState, uid: string, patch: Partial<Pool>): void => {
  state.pools.set(uid, { ...must(state.pools.get(uid), `pool ${uid}`), ...patch });
};

export const evolvePool = (state: MachineContextState, event: PoolEnvelope): void => {
  switch (event.type) {
    case 'PoolCreated':
      state.pools.set(event.data.uid, { ...event.data, frozen: null });
      state.poolByName.set(event.data.name, event.data.uid);
      return;
    case 'PoolDeleted':
      state.pools.delete(event.data.uid);
      state.poolByName.delete(event.data.name);
      return;
    case 'PoolFrozen':
      return change(state, event.data.uid, { frozen: { since: event.time, reason: event.data.reason } });
    case 'PoolThawed':
      return change(state, event.data.uid, { frozen: null });
  }
  return unreachable(event, 'pool event');
};
