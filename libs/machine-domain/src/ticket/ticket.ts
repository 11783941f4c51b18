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

export const evolveTicket = (state: MachineContextState, event: TicketEnvelope): void => {
  switch (event.type) {
    case 'TicketOpened':
      state.tickets.set(event.data.uid, { ...event.data, openedAt: event.time, closedAt: null, closedBy: null });
      return setTicketOf(state, event.data.machineUid, event.data.uid);
    case 'TicketClosed': {
      const ticket = must(state.tickets.get(event.data.uid), `ticket ${event.data.uid}`);
      state.tickets.set(ticket.uid, { ...ticket, closedAt: event.time, closedBy: event.meta.actor });
      return setTicketOf(state, ticket.machineUid, null);
    }
  }
  return unreachable(event, 'ticket event');
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
