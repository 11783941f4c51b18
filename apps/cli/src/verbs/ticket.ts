import type { Command } from 'commander';
import { alarmView, fenceView, ticketView, type AlarmView, type FenceView, type TicketView } from '@yiqiu/contracts';
import { ago } from '../output/age.ts';
import { addList, addShow, printItem, type Noun } from './shared/listing.ts';
import { withReason, type ReasonOptions } from './shared/options.ts';
import type { Session } from './shared/session.ts';

const tickets: Noun<TicketView> = {
  path: '/tickets',
  item: ticketView,
  nameOf: ({ id }) => id,
  filters: ['machine', 'stage'],
  columns: [
    { title: 'ID', value: ({ id }) => id },
    { title: 'MACHINE', value: ({ machine }) => machine },
    { title: 'CLASS', value: (ticket) => ticket.class },
    { title: 'STAGE', value: ({ stage }) => stage },
    { title: 'OPENED', value: ({ openedAt }) => ago(openedAt, Date.now()) },
    { title: 'CLOSED', value: ({ closedAt }) => ago(closedAt, Date.now()) },
    { title: 'REASONS', value: ({ reasons }) => reasons.join('; '), flexible: true },
  ],
};

const alarms: Noun<AlarmView> = {
  path: '/alarms',
  item: alarmView,
  nameOf: ({ id }) => id,
  filters: ['state', 'pool', 'machine'],
  columns: [
    { title: 'ID', value: ({ id }) => id },
    { title: 'KIND', value: ({ kind }) => kind },
    { title: 'POOL', value: ({ pool }) => pool ?? '-' },
    { title: 'MACHINE', value: ({ machine }) => machine ?? '-' },
    { title: 'SINCE', value: ({ since }) => ago(since, Date.now()) },
    { title: 'UNTIL', value: ({ until }) => ago(until, Date.now()) },
    { title: 'MESSAGE', value: ({ message }) => message, flexible: true },
  ],
};

const fences: Noun<FenceView> = {
  path: '/fences',
  item: fenceView,
  nameOf: ({ id }) => id,
  filters: ['machine'],
  columns: [
    { title: 'ID', value: ({ id }) => id },
    { title: 'MACHINE', value: ({ machine }) => machine },
    { title: 'HOW', value: ({ how }) => how },
    { title: 'AT', value: ({ at }) => ago(at, Date.now()) },
    { title: 'BY', value: ({ by }) => by },
    {
      title: 'INCARNATIONS',
      value: ({ incarnations }) =>
        incarnations.map(({ unit, incarnation }) => `${unit}#${incarnation}`).join(', ') || '-',
      flexible: true,
    },
  ],
};

/** `yiqiu ticket list|show|close`, `yiqiu alarm list`, `yiqiu fence list` */
export const addTicket = (program: Command, session: Session): void => {
  const command = program.command('ticket').description('machines that wait for a person');
  addList(command, session, tickets);
  addShow(command, session, tickets);
  withReason(command.command('close <id>').description('it is dealt with')).action(
    async (id: string, { reason }: ReasonOptions) => {
      const path = `/tickets/${encodeURIComponent(id)}/close`;
      const { body } = await session.rest.change('POST', path, { reason: reason ?? null });
      printItem(session, { ...tickets, asTable: true }, body);
    },
  );
  addList(program.command('alarm').description('what a person has to know of now'), session, alarms);
  addList(program.command('fence').description('proofs that processes are gone'), session, fences);
};
