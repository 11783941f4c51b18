import type { MachineContextEvent, TicketView } from '@yiqiu/contracts';
import { accept, refusal, refuse, unreachable } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import type { EnvelopeOf } from '../events.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import type { Ticket } from './state.ts';

export type CloseTicket = Command<'CloseTicket', { readonly uid: string; readonly message: string | null }>;
export type TicketEnvelope = EnvelopeOf<'TicketOpened' | 'TicketClosed'>;

/** A closed one again changes nothing. Refuses: ticket-unknown. */
export const closeTicket = (state: MachineContextState, { data }: CloseTicket): Decision<MachineContextEvent> => {
  const ticket = state.tickets.get(data.uid);
  if (ticket === undefined) {
    return refuse(
      refusal('not-found', 'ticket-unknown', `there is no ticket ${JSON.stringify(data.uid)}`, {
        next: 'yiqiu ticket list',
      }),
    );
  }
  return ticket.closedAt === null
    ? accept([ticketClosed(ticket, data.message)], changed(ticket.uid))
    : accept([], unchanged(ticket.uid));
};

export const ticketClosed = ({ uid, machineUid, machine }: Ticket, message: string | null): MachineContextEvent => ({
  stream: `ticket/${uid}`,
  type: 'TicketClosed',
  version: 1,
  data: { uid, machineUid, machine, message },
});

/** The end of a machine's open ticket, where it has one. */
export const ticketOfMachineClosed = (
  state: MachineContextState,
  uid: string | null,
  message: string | null,
): readonly MachineContextEvent[] =>
  uid === null ? [] : [ticketClosed(must(state.tickets.get(uid), `ticket ${uid}`), message)];

/** Closed tickets that stay in memory and in lists; older ones are in the log. */
export const closedTicketsMax = 10_000;

export const evolveTicket = (state: MachineContextState, event: TicketEnvelope): void => {
  switch (event.type) {
    case 'TicketOpened':
      state.tickets.set(event.data.uid, { ...event.data, openedAt: event.time, closedAt: null, closedBy: null });
      return setTicketOf(state, event.data.machineUid, event.data.uid);
    case 'TicketClosed': {
      const ticket = must(state.tickets.get(event.data.uid), `ticket ${event.data.uid}`);
      state.tickets.set(ticket.uid, { ...ticket, closedAt: event.time, closedBy: event.meta.actor });
      forgetOldest(state);
      return setTicketOf(state, ticket.machineUid, null);
    }
  }
  return unreachable(event, 'ticket event');
};

/** The one that was closed first, by (time, uid), so that every fold forgets the same. */
const forgetOldest = (state: MachineContextState): void => {
  if (state.tickets.size <= closedTicketsMax) return;
  const closedKey = (ticket: Ticket): string => `${ticket.closedAt ?? '~'} ${ticket.uid}`;
  const [first, ...others] = [...state.tickets.values()].filter((ticket) => ticket.closedAt !== null);
  if (first === undefined || others.length < closedTicketsMax) return;
  const oldest = others.reduce((a, b) => (closedKey(b) < closedKey(a) ? b : a), first);
  state.tickets.delete(oldest.uid);
};

/** The machine may have left; its tickets stay. */
const setTicketOf = (state: MachineContextState, machineUid: string, ticket: string | null): void => {
  const machine = state.machines.get(machineUid);
  if (machine !== undefined) state.machines.set(machineUid, { ...machine, ticket });
};

export const ticketView = (ticket: Ticket): TicketView => ({
  id: ticket.uid,
  machine: ticket.machine,
  reasons: ticket.reasons,
  class: ticket.class,
  stage: ticket.closedAt === null ? 'waiting' : 'closed',
  openedAt: ticket.openedAt,
  closedAt: ticket.closedAt,
  closedBy: ticket.closedBy,
});
