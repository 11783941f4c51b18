import type { Machine } from '../machine/state.ts';
import type { MachineContextState } from '../state.ts';

/** A fence that the shell carries out. */
export interface DueFence {
  readonly machineUid: string;
  readonly machine: string;
  readonly fenceId: string;
  /** Of the try that is due, from 1. */
  readonly attempt: number;
  /** ms since the epoch; null: no driver could, up to now. */
  readonly retryAt: number | null;
}

/**
 * The outbox: fences of machines that are silent still (one that is heard of stops its units itself) in pools that are not
 * frozen, in the order of their requests.
 */
export const openFences = (state: MachineContextState): readonly DueFence[] =>
  [...state.machines.values()]
    .flatMap((machine) =>
      machine.fence === null || !mayFence(state, machine) ? [] : [{ machine, fence: machine.fence }],
    )
    .sort((a, b) => (a.fence.requestedAt < b.fence.requestedAt ? -1 : 1))
    .map(({ machine, fence }) => ({
      machineUid: machine.uid,
      machine: machine.name,
      fenceId: fence.fenceId,
      attempt: fence.attempts + 1,
      retryAt: fence.retryAt,
    }));

const mayFence = (state: MachineContextState, { suspect, poolUid }: Machine): boolean =>
  suspect && state.pools.get(poolUid)?.frozen === null;
