import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import type { MachineContextState } from '../state.ts';
import { poolUnknown } from './errors.ts';
import { poolThawed } from './events.ts';
import { poolNamed } from './state.ts';

export type ResumePool = Command<'ResumePool', { readonly name: string }>;

/**
 * A person's word that detection goes on in a frozen pool: what is away now is decided as if alone, and does not count for the
 * blast radius until it is heard of again. A pool that is not frozen stays as it is. Refuses: pool-unknown.
 */
export const resumePool = (
  state: MachineContextState,
  { data: { name } }: ResumePool,
  { reason }: Ctx,
): Decision<MachineContextEvent> => {
  const pool = poolNamed(state, name);
  if (pool === undefined) return refuse(poolUnknown(name));
  if (pool.frozen === null) return accept([], unchanged(pool.uid));
  const waived = [...state.machines.values()]
    .filter(({ poolUid, suspect, fault }) => poolUid === pool.uid && (suspect || fault !== null))
    .map(({ uid }) => uid);
  return accept([poolThawed(pool, reason, waived)], changed(pool.uid));
};
