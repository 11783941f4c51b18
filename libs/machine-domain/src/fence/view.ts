import type { FenceView } from '@yiqiu/contracts';
import type { Machine } from '../machine/state.ts';
import type { MachineContextState } from '../state.ts';
import type { Fence } from './state.ts';

export const fenceView = ({ uid, machine, incarnations, how, at, by }: Fence): FenceView => ({
  id: uid,
  machine,
  incarnations,
  how,
  at,
  by,
});

export interface FenceFilters {
  readonly machine?: string | undefined;
}

export const fencesWhere = (state: MachineContextState, { machine }: FenceFilters): readonly Fence[] =>
  [...state.fences.values()].filter((fence) => machine === undefined || fence.machine === machine);

/** How far the fence of a machine is, for people; null where none is asked for, or it is heard of again. */
export const fenceMessage = ({ name, fence, fenced, suspect }: Machine): string | null => {
  if (!suspect) return null;
  if (fenced) return 'fenced: nothing of it runs';
  if (fence === null) return null;
  const declare = `yiqiu machine declare-dead ${name} --verified HOW --reason TEXT`;
  if (fence.message === null) return 'its fence driver is asked';
  return fence.retryAt === null
    ? `waits for declare-dead: ${fence.message}; make sure that nothing of it runs, then ${declare}`
    : `fence failed at try ${fence.attempts}, tried again: ${fence.message}; or ${declare}`;
};
