import { accept } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import type { MachineContextState } from '../state.ts';
import type { Verb } from './change.ts';
import type { Machine } from './state.ts';

/** INITED → READY: may receive new containers from now on. */
export const online: Verb = (_, { uid, name }, { reason }) =>
  accept([{ stream: `machine/${uid}`, type: 'MachineOnlined', version: 1, data: { uid, name, reason } }], changed(uid));

/**
 * Whether an INITED machine goes online without a person: its pool says so, it was not backed up by hand, and no
 * maintenance holds it (a manual one is never left automatically).
 */
export const onlineByItself = (state: MachineContextState, machine: Machine): boolean => {
  if (machine.state !== 'INITED' || machine.maintenance || machine.offline !== null) return false;
  return machine.origin !== 'backed-up' && state.pools.get(machine.poolUid)?.autoOnline === true;
};
