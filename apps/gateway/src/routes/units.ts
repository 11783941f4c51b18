import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse } from '@nestjs/swagger';
import { page, unitVerbs, unitView, verbBody, type UnitView } from '@yiqiu/contracts';
import { service as stubs } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { acceptedIf } from '../http/answer.ts';
import { checked } from '../http/check.ts';
import { commandMeta, listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const idempotent = { idempotent: true } as const;
const unitPage = page(unitView, 'UnitPage');

type UnitPage = { items: UnitView[]; next: string | null };

/** Every unit, over all groups. */
@Controller('api/v1/units')
export class AllUnitRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: unitPage })
  async list(@Query() query: QueryOf): Promise<UnitPage> {
    const request = listRequest(query, ['group', 'service', 'state', 'machine']);
    return viewOf(unitPage, await this.backends.service.call(rpc.listUnits, request, idempotent));
  }
}

/** The units of a service, with their verbs. */
@Controller('api/v1/groups/:group/services/:service/units')
export class UnitRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: unitPage })
  async list(
    @Param('group') group: string,
    @Param('service') service: string,
    @Query() query: QueryOf,
  ): Promise<UnitPage> {
    const name = `${group}/${service}`;
    await this.backends.service.call(rpc.getService, { name, minPosition: undefined }, idempotent);
    const request = listRequest(query, ['state', 'machine']);
    const filters = { ...request.filters, service: name };
    return viewOf(unitPage, await this.backends.service.call(rpc.listUnits, { ...request, filters }, idempotent));
  }

  @Get(':ordinal')
  @ApiOkResponse({ standardSchema: unitView })
  async show(
    @Param('group') group: string,
    @Param('service') service: string,
    @Param('ordinal') ordinal: string,
  ): Promise<UnitView> {
    const name = `${group}/${service}/${ordinal}`;
    return viewOf(
      unitView,
      await this.backends.service.call(rpc.getUnit, { name, minPosition: undefined }, idempotent),
    );
  }

  /** retry, skip, restart, stop, start */
  @Post(':ordinal/:verb')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: unitView })
  @ApiAcceptedResponse({ standardSchema: unitView })
  async change(
    @Param() params: { group: string; service: string; ordinal: string; verb: string },
    @Body({ schema: verbBody }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UnitView> {
    const verb = unitVerbs.find((known) => known === params.verb);
    if (verb === undefined) {
      throw new RefusedError(
        refusal(
          'not-found',
          'unit-verb-unknown',
          `a unit has no verb ${params.verb}; there are ${unitVerbs.join(', ')}`,
        ),
      );
    }
    const name = `${params.group}/${params.service}/${params.ordinal}`;
    const meta = commandMeta(request, checked(verbBody, body).reason);
    const changed = await this.backends.service.call(rpc.changeUnit, { meta, name, verb }, idempotent);
    acceptedIf(changed.change, reply);
    return viewOf(unitView, changed.unit);
  }
}
