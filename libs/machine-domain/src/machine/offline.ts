import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import type { MachineContextState } from '../state.ts';
import { ticketOfMachineClosed } from '../ticket/ticket.ts';
import type { Verb } from './change.ts';
import { offlineUnknown } from './errors.ts';
import type { Machine } from './state.ts';

/** The resource layer has closed the machine, empty: the second phase of offline. */
export type CompleteOffline = Command<'CompleteOffline', { readonly uid: string; readonly requestId: string }>;
/** Containers are left on it: it stays what it was. */
export type CancelOffline = Command<
  'CancelOffline',
  { readonly uid: string; readonly requestId: string; readonly containers: number }
>;

/** How long the resource layer may take to answer before the request is given up, ms. */
export const offlineWithinMs = 600_000;

/** First phase: the resource layer is asked; OFFLINE comes with its MachineClosed. Asked again meanwhile, nothing changes. */
export const offline: Verb = (_, machine, ctx) => {
  const { uid, name } = machine;
  if (machine.offline !== null) return accept([], unchanged(uid));
  const data = { uid, name, requestId: ctx.uuid(), reason: ctx.reason };
  return accept([{ stream: `machine/${uid}`, type: 'OfflineRequested', version: 1, data }], changed(uid));
};

/** ERROR or INITED → OFFLINE; an open ticket has nothing left to wait for. Refuses: machine-offline-unknown. */
export const completeOffline = (
  state: MachineContextState,
  { data: { uid, requestId } }: CompleteOffline,
): Decision<MachineContextEvent> => {
  const machine = state.machines.get(uid);
  if (machine?.offline?.requestId !== requestId) return refuse(offlineUnknown(uid, requestId));
  const done: MachineContextEvent = {
    stream: `machine/${uid}`,
    type: 'MachineOfflined',
    version: 1,
    data: { uid, name: machine.name, requestId },
  };
  return accept([done, ...ticketOfMachineClosed(state, machine.ticket, 'the machine went offline')], changed(uid));
};

/** Refuses: machine-offline-unknown. */
export const cancelOffline = (
  state: MachineContextState,
  { data: { uid, requestId, containers } }: CancelOffline,
): Decision<MachineContextEvent> => {
  const machine = state.machines.get(uid);
  if (machine?.offline?.requestId !== requestId) return refuse(offlineUnknown(uid, requestId));
  const message = `${containers} container(s) are on it: move or remove them first`;
  return accept([offlineCancelled(machine, requestId, message)], changed(uid));
};

export const offlineCancelled = ({ uid, name }: Machine, requestId: string, message: string): MachineContextEvent => ({
  stream: `machine/${uid}`,
  type: 'OfflineCancelled',
  version: 1,
  data: { uid, name, requestId, message },
});
