import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse } from '@nestjs/swagger';
import { adoptBody, dataView, page, purgeBody, type DataChange, type DataView } from '@yiqiu/contracts';
import { service as stubs } from '@yiqiu/contracts/grpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { acceptedIf } from '../http/answer.ts';
import { checked } from '../http/check.ts';
import { commandMeta, listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const idempotent = { idempotent: true } as const;
const dataPage = page(dataView, 'DataPage');

/** Data that no unit uses any more: what removals kept, and what is on machines that could not be asked. */
@Controller('api/v1/data')
export class DataRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: dataPage })
  async list(@Query() query: QueryOf): Promise<{ items: DataView[]; next: string | null }> {
    const request = listRequest(query, ['unit', 'machine', 'kind']);
    return viewOf(dataPage, await this.backends.service.call(rpc.listData, request, idempotent));
  }

  /** Deletes it for good. What is on a machine that has left is taken off the list. */
  @Post(':id/purge')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: dataView })
  @ApiAcceptedResponse({ standardSchema: dataView })
  purge(
    @Param('id') id: string,
    @Body({ schema: purgeBody }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DataView> {
    const { reason } = checked(purgeBody, body);
    return this.#change({ id, change: 'purge', unit: null, reason }, request, reply);
  }

  /** Gives it to a stopped unit of its machine; what that unit has in its place goes to the orphaned data. */
  @Post(':id/adopt')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: dataView })
  @ApiAcceptedResponse({ standardSchema: dataView })
  adopt(
    @Param('id') id: string,
    @Body({ schema: adoptBody }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DataView> {
    const { reason, unit } = checked(adoptBody, body);
    return this.#change({ id, change: 'adopt', unit, reason }, request, reply);
  }

  async #change(
    { id, change, unit, reason }: DataOrder,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<DataView> {
    const meta = commandMeta(request, reason);
    const message = { meta, id, change, unit: unit ?? undefined };
    const changed = await this.backends.service.call(rpc.changeData, message, idempotent);
    acceptedIf(changed.change, reply);
    return viewOf(dataView, changed.data);
  }
}

interface DataOrder {
  readonly id: string;
  readonly change: DataChange;
  readonly unit: string | null;
  readonly reason: string | null;
}
