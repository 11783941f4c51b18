import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import type { MachineContextState } from '../state.ts';
import { retryKey } from './evolve.ts';
import { issueStep } from './init.ts';

/** Makes happen what is due; at most {@link tickMax} machines, the rest at once afterwards. */
export type Tick = Command<'Tick', { readonly now: number }>;
export const tickMax = 1_000;

export const tick = (state: MachineContextState, { data }: Tick, ctx: Ctx): Decision<MachineContextEvent> => {
  const due = new Set(state.deadlines.due(data.now, tickMax));
  const events = [...state.machines.values()].flatMap((machine) =>
    due.has(retryKey(machine.uid)) && machine.init !== null ? [issueStep(state, machine, machine.init, ctx.now)] : [],
  );
  return accept(events);
};
