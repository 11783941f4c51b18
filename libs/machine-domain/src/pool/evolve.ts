import { unreachable } from '@yiqiu/kernel';
import { end, raise } from '../alarm/evolve.ts';
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
      end(state, state.pools.get(event.data.uid)?.frozen?.alarm ?? null, event.time);
      state.pools.delete(event.data.uid);
      state.poolByName.delete(event.data.name);
      return;
    case 'PoolFrozen': {
      const { uid, name: pool, reason } = event.data;
      const kind = 'pool-frozen' as const;
      const alarm = raise(state, { uid: event.id, kind, pool, machine: null, since: event.time, message: reason });
      return change(state, uid, { frozen: { since: event.time, reason, alarm } });
    }
    case 'PoolThawed': {
      const { uid, waived = [] } = event.data;
      end(state, must(state.pools.get(uid), `pool ${uid}`).frozen?.alarm ?? null, event.time);
      for (const machineUid of waived) {
        const machine = must(state.machines.get(machineUid), `machine ${machineUid}`);
        state.machines.set(machineUid, { ...machine, waived: true });
      }
      return change(state, uid, { frozen: null });
    }
  }
  return unreachable(event, 'pool event');
};
