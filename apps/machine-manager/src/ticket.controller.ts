import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { alarmStates } from '@yiqiu/contracts';
import type { Runtime } from '@yiqiu/context-runtime';
import type { common, machine } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import { alarmsWhere, ticketView } from '@yiqiu/machine-domain';
import type { MachineCommand, MachineContextState } from '@yiqiu/machine-domain';
import { checkFilters, page, readOptionsOf, RUNTIME, submitMetaOf } from '@yiqiu/platform-kit';
import { alarmMessage, ticketMessage } from './messages.ts';

/** Tickets, which wait for a person, and alarms, which tell one. */
@Controller()
export class TicketController {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime<MachineContextState, MachineCommand>) {}

  @GrpcMethod('MachineService', 'listTickets')
  list(request: common.ListRequest): Promise<machine.TicketPage> {
    checkFilters(request.filters, ['machine', 'stage']);
    const { machine: wanted, stage } = request.filters;
    return this.runtime.read((state) => {
      const found = [...state.tickets.values()]
        .map(ticketView)
        .filter((ticket) => wanted === undefined || ticket.machine === wanted)
        .filter((ticket) => stage === undefined || ticket.stage === stage);
      const { items, next } = page(found, request, ({ id }) => id);
      return { items: items.map(ticketMessage), next };
    }, readOptionsOf(request));
  }

  @GrpcMethod('MachineService', 'getTicket')
  get({ name, minPosition }: common.GetRequest): Promise<machine.Ticket> {
    return this.#ticket(name, minPosition);
  }

  @GrpcMethod('MachineService', 'closeTicket')
  async close({ meta, name }: machine.NamedChange): Promise<machine.TicketChanged> {
    const submitMeta = submitMetaOf(meta);
    const command: MachineCommand = { type: 'CloseTicket', data: { uid: name, message: submitMeta.reason ?? null } };
    const { position, replayed } = await this.runtime.submit(command, submitMeta);
    return {
      change: { position, changed: !replayed, operation: undefined },
      ticket: await this.#ticket(name, position),
    };
  }

  @GrpcMethod('MachineService', 'listAlarms')
  alarms(request: common.ListRequest): Promise<machine.AlarmPage> {
    checkFilters(request.filters, ['state', 'pool', 'machine']);
    const { state: wanted = 'active', pool, machine: ofMachine } = request.filters;
    const at = alarmStates.find((one) => one === wanted);
    if (at === undefined) throw stateUnknown(wanted);
    return this.runtime.read((state) => {
      const found = alarmsWhere(state, { state: at, pool, machine: ofMachine });
      const { items, next } = page(found, request, ({ id }) => id);
      return { items: items.map(alarmMessage), next };
    }, readOptionsOf(request));
  }

  #ticket(uid: string, minPosition: number | undefined): Promise<machine.Ticket> {
    return this.runtime.read((state) => {
      const found = state.tickets.get(uid);
      if (found !== undefined) return ticketMessage(ticketView(found));
      throw new RefusedError(
        refusal('not-found', 'ticket-unknown', `there is no ticket ${JSON.stringify(uid)}`, {
          next: 'yiqiu ticket list',
        }),
      );
    }, readOptionsOf({ minPosition }));
  }
}

const stateUnknown = (value: string): RefusedError =>
  new RefusedError(
    refusal('malformed', 'filter-invalid', `state is ${JSON.stringify(value)}; allowed: ${alarmStates.join(', ')}`, {
      errors: [{ field: 'state', value, allowed: [...alarmStates] }],
    }),
  );
