import type { MachineContextEvent, MachineVerb } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import { ticketClosed } from '../ticket/ticket.ts';
import type { MachineContextState } from '../state.ts';
import { agentAway, machineUnknown, offlinePending, stateForbids } from './errors.ts';
import { startAttempt } from './init.ts';
import { transitionOf } from './lifecycle.ts';
import { machineNamed, type Machine } from './state.ts';

export type ChangeMachine = Command<'ChangeMachine', { readonly name: string; readonly verb: MachineVerb }>;

type Verb = (state: MachineContextState, machine: Machine, ctx: Ctx) => Decision<MachineContextEvent>;

const simple = (
  { uid, name }: Machine,
  type: 'MachineOnlined' | 'MachineBackedUp',
  ctx: Ctx,
): Decision<MachineContextEvent> =>
  accept([{ stream: `machine/${uid}`, type, version: 1, data: { uid, name, reason: ctx.reason } }], changed(uid));

/** A new attempt; where one is under way, nothing changes. INITED follows by itself when every step and check is done. */
const init: Verb = (state, machine) => {
  if (machine.session === null) return refuse(agentAway(machine));
  if (machine.init !== null && machine.init.phase !== 'failed') return accept([], unchanged(machine.uid));
  return accept([startAttempt(state, machine)], changed(machine.uid));
};

const online: Verb = (_, machine, ctx) => simple(machine, 'MachineOnlined', ctx);

const backup: Verb = (_, machine, ctx) => simple(machine, 'MachineBackedUp', ctx);

const abnormal: Verb = (_, { uid, name }, ctx) => {
  const data = { uid, name, reasons: [ctx.reason ?? 'reported by an operator'], by: 'operator' as const };
  return accept([{ stream: `machine/${uid}`, type: 'MachineFaultDetected', version: 1, data }], changed(uid));
};

/** ERROR → NEW: the ticket is closed, initialisation begins anew. */
const repair: Verb = (state, machine, ctx) => {
  const ticket = machine.ticket === null ? undefined : state.tickets.get(machine.ticket);
  const repaired: MachineContextEvent = {
    stream: `machine/${machine.uid}`,
    type: 'MachineRepaired',
    version: 1,
    data: { uid: machine.uid, name: machine.name, reason: ctx.reason },
  };
  return accept([repaired, ...(ticket === undefined ? [] : [ticketClosed(ticket, ctx.reason)])], changed(machine.uid));
};

/** First phase: the resource layer is asked; OFFLINE comes with its MachineClosed. */
const offline: Verb = (_, { uid, name }, ctx) => {
  const data = { uid, name, requestId: ctx.uuid(), reason: ctx.reason };
  return accept([{ stream: `machine/${uid}`, type: 'OfflineRequested', version: 1, data }], changed(uid));
};

const leave: Verb = (_, machine, ctx) => gone(machine, 'MachineLeft', ctx);
const discard: Verb = (_, machine, ctx) => gone(machine, 'MachineDiscarded', ctx);

const gone = (
  { uid, name }: Machine,
  type: 'MachineLeft' | 'MachineDiscarded',
  ctx: Ctx,
): Decision<MachineContextEvent> =>
  accept(
    [
      { stream: `machine/${uid}`, type, version: 1, data: { uid, name, reason: ctx.reason } },
      { stream: `agent-queue/${uid}`, type: 'AgentQueueClosed', version: 1, data: { machineUid: uid } },
    ],
    changed(uid),
  );

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

/** A person's verb. Refuses: machine-unknown, machine-state-forbids, machine-offline-pending, machine-agent-missing. */
export const changeMachine = (
  state: MachineContextState,
  { data }: ChangeMachine,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const machine = machineNamed(state, data.name);
  if (machine === undefined) return refuse(machineUnknown(data.name));
  const transition = transitionOf(machine.state, data.verb);
  if (transition === null || transition.asker !== 'person') return refuse(stateForbids(machine, data.verb));
  if (machine.offlineRequest !== null) return refuse(offlinePending(machine));
  return verbs[data.verb](state, machine, ctx);
};
