import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { alarmView, page, ticketView, verbBody, type AlarmView, type TicketView } from '@yiqiu/contracts';
import { machine as stubs } from '@yiqiu/contracts/grpc';
import type { FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { haltAlarms } from '../backends/halts.ts';
import { viewOf } from '../backends/view.ts';
import { checked } from '../http/check.ts';
import { commandMeta, listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.MachineServiceService;
const idempotent = { idempotent: true } as const;
const ticketPage = page(ticketView, 'TicketPage');
const alarmPage = page(alarmView, 'AlarmPage');

/** Tickets: a machine waits for a person. */
@Controller('api/v1/tickets')
export class TicketRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: ticketPage })
  async list(@Query() query: QueryOf): Promise<{ items: TicketView[]; next: string | null }> {
    const request = listRequest(query, ['machine', 'stage']);
    return viewOf(ticketPage, await this.backends.machine.call(rpc.listTickets, request, idempotent));
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: ticketView })
  async show(@Param('id') name: string): Promise<TicketView> {
    return viewOf(
      ticketView,
      await this.backends.machine.call(rpc.getTicket, { name, minPosition: undefined }, idempotent),
    );
  }

  @Post(':id/close')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: ticketView })
  async close(
    @Param('id') name: string,
    @Body({ schema: verbBody }) body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<TicketView> {
    const meta = commandMeta(request, checked(verbBody, body).reason);
    const changed = await this.backends.machine.call(rpc.closeTicket, { meta, name }, idempotent);
    return viewOf(ticketView, changed.ticket);
  }
}

/** Alarms: what a person has to know of now; with `?state=ended` or `all` also what was. */
@Controller('api/v1/alarms')
export class AlarmRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: alarmPage })
  async list(@Query() query: QueryOf): Promise<{ items: AlarmView[]; next: string | null }> {
    const request = listRequest(query, ['state', 'pool', 'machine']);
    const { pool, machine, state } = request.filters;
    // The platform's own come first, on the first page; none is of a pool or a machine.
    const isTheirs = request.cursor === '' && pool === undefined && machine === undefined && state !== 'ended';
    const own = isTheirs ? (await haltAlarms(this.backends)).slice(0, request.limit - 1) : [];
    const rest = { ...request, limit: request.limit - own.length };
    const found = viewOf(alarmPage, await this.backends.machine.call(rpc.listAlarms, rest, idempotent));
    return { items: [...own, ...found.items], next: found.next };
  }
}
