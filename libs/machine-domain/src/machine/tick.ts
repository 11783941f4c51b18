import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import { uidOfKey } from './deadlines.ts';
import { offlineCancelled, offlineWithinMs } from './offline.ts';
import { issueStep } from './provision.ts';

/** Makes happen what is due; at most {@link tickMax} of it, the rest at once afterwards. */
export type Tick = Command<'Tick', { readonly now: number }>;
export const tickMax = 1_000;

/** Every due key yields an event whose fold takes it out of the deadlines; else the tick would come again for ever. */
export const tick = (state: MachineContextState, { data }: Tick, ctx: Ctx): Decision<MachineContextEvent> =>
  accept(state.deadlines.due(data.now, tickMax).map((key) => eventOf(state, key, ctx)));

const eventOf = (state: MachineContextState, key: string, ctx: Ctx): MachineContextEvent => {
  const { kind, uid } = uidOfKey(key);
  const machine = must(state.machines.get(uid), `machine ${uid} of deadline ${key}`);
  switch (kind) {
    case 'init-retry':
      return issueStep(state, machine, must(machine.init ?? undefined, `the attempt of machine ${uid}`), ctx.now);
    case 'offline': {
      const { requestId } = must(machine.offline ?? undefined, `the offline request of machine ${uid}`);
      const message = `the resource platform did not answer within ${offlineWithinMs / 1_000} s`;
      return offlineCancelled(machine, requestId, message);
    }
  }
};
