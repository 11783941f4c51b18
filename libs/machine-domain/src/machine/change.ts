import type { MachineContextEvent, MachineVerb } from '@yiqiu/contracts';
import { refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import type { MachineContextState } from '../state.ts';
import { abnormal } from './abnormal.ts';
import { backup } from './backup.ts';
import { discard } from './discard.ts';
import { machineUnknown, stateForbids, transitionHeld } from './errors.ts';
import { init } from './init.ts';
import { leave } from './leave.ts';
import { holdOf, transitionOf } from './lifecycle.ts';
import { offline } from './offline.ts';
import { online } from './online.ts';
import { repair } from './repair.ts';
import { machineNamed, type Machine } from './state.ts';

/** `override`: past the blast radius (`abnormal`), audited in the reasons. */
export type ChangeMachine = Command<
  'ChangeMachine',
  { readonly name: string; readonly verb: MachineVerb; readonly override?: boolean }
>;

export interface VerbOptions {
  readonly override: boolean;
}

/** The events of a verb, once the table has allowed it. */
export type Verb = (
  state: MachineContextState,
  machine: Machine,
  ctx: Ctx,
  options: VerbOptions,
) => Decision<MachineContextEvent>;

const verbs: { readonly [verb in MachineVerb]: Verb } = {
  init,
  online,
  backup,
  abnormal,
  repair,
  offline,
  leave,
  discard,
};

/**
 * A person's verb. Refuses: machine-unknown, machine-state-forbids, machine-offline-pending, machine-agent-missing,
 * blast-radius.
 */
export const changeMachine = (
  state: MachineContextState,
  { data }: ChangeMachine,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const machine = machineNamed(state, data.name);
  if (machine === undefined) return refuse(machineUnknown(data.name));
  const transition = transitionOf(machine.state, data.verb);
  if (transition === null || transition.asker !== 'person') return refuse(stateForbids(machine, data.verb));
  const hold = holdOf(machine, transition);
  if (hold !== null) return refuse(transitionHeld(machine, data.verb, hold));
  return verbs[data.verb](state, machine, ctx, { override: data.override ?? false });
};
