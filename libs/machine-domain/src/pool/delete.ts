import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import type { MachineContextState } from '../state.ts';
import { poolNotEmpty, poolUnknown } from './errors.ts';
import { poolNamed } from './state.ts';

export type DeletePool = Command<'DeletePool', { readonly name: string }>;

/** Refuses: pool-unknown, pool-not-empty. */
export const deletePool = (state: MachineContextState, { data }: DeletePool): Decision<MachineContextEvent> => {
  const pool = poolNamed(state, data.name);
  if (pool === undefined) return refuse(poolUnknown(data.name));
  const machines = [...state.machines.values()].filter((machine) => machine.poolUid === pool.uid).length;
  if (machines > 0) return refuse(poolNotEmpty(pool.name, machines));
  return accept(
    [{ stream: `pool/${pool.uid}`, type: 'PoolDeleted', version: 1, data: { uid: pool.uid, name: pool.name } }],
    changed(pool.uid),
  );
};
