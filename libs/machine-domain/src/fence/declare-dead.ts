import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import { blastPassed, machineUnknown, stateForbids, transitionHeld } from '../machine/errors.ts';
import { faultEvents } from '../machine/fault.ts';
import { holdOf, transitionOf } from '../machine/lifecycle.ts';
import { machineNamed } from '../machine/state.ts';
import type { MachineContextState } from '../state.ts';
import { incidentBy } from '../watch/blast.ts';
import { fenced } from './events.ts';

/** A person's proof. `verified`: how it was made sure that nothing of the machine runs. */
export type DeclareDead = Command<
  'DeclareDead',
  { readonly name: string; readonly verified: string; readonly override: boolean }
>;

const verb = 'declare-dead';

/**
 * Of a READY or INITED machine: a fault by an operator, and its fence; of one in ERROR_DETECTED: its fence; nothing where it
 * is fenced already. Refuses: machine-unknown, machine-state-forbids, and without `override` machine-heard, blast-radius.
 */
export const declareDead = (
  state: MachineContextState,
  { data: { name, verified, override } }: DeclareDead,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const machine = machineNamed(state, name);
  if (machine === undefined) return refuse(machineUnknown(name));
  const transition = transitionOf(machine.state, verb);
  if (transition === null) return refuse(stateForbids(machine, verb));
  if (machine.fenced) return accept([], unchanged(machine.uid));
  const hold = holdOf(machine, transition);
  if (hold !== null && !override) return refuse(transitionHeld(machine, verb, hold));
  const isNew = machine.state !== 'ERROR_DETECTED';
  const incident = isNew ? incidentBy(state, machine, ctx.now) : null;
  if (incident !== null && !override) return refuse(blastPassed(machine, verb, incident));
  const passed = override
    ? [hold === null ? null : 'although it was heard of', incident].filter((it) => it !== null)
    : [];
  const overridden = passed.length === 0 ? '' : `; by override: ${passed.join(', ')}`;
  const said = `declared dead, verified by ${verified}: ${ctx.reason ?? 'no reason given'}${overridden}`;
  const proof = fenced(machine, {
    fenceId: machine.fence?.fenceId ?? ctx.uuid(),
    incarnations: [],
    how: 'manual',
    by: ctx.actor,
    reason: said.slice(0, 500),
  });
  return accept([...(isNew ? faultEvents(machine, 'operator', [said]) : []), proof], changed(machine.uid));
};
