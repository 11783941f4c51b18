import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse } from '@nestjs/swagger';
import {
  configPatch,
  page,
  revisionView,
  scaleBody,
  serviceView,
  type RevisionView,
  type ServiceView,
} from '@yiqiu/contracts';
import { service as stubs } from '@yiqiu/contracts/grpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { acceptedIf } from '../http/answer.ts';
import { checked } from '../http/check.ts';
import { commandMeta, flags, listRequest, reasonOf, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const idempotent = { idempotent: true } as const;
const servicePage = page(serviceView, 'ServicePage');
const revisionPage = page(revisionView, 'RevisionPage');

type ServicePage = { items: ServiceView[]; next: string | null };

/** Every service, over all groups. */
@Controller('api/v1/services')
export class AllServiceRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: servicePage })
  async list(@Query() query: QueryOf): Promise<ServicePage> {
    const request = listRequest(query, ['group', 'state', 'program']);
    return viewOf(servicePage, await this.backends.service.call(rpc.listServices, request, idempotent));
  }
}

/** The services of a group: shown, scaled, configured. */
@Controller('api/v1/groups/:group/services')
export class ServiceRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: servicePage })
  async list(@Param('group') group: string, @Query() query: QueryOf): Promise<ServicePage> {
    await this.backends.service.call(rpc.getGroup, { name: group, minPosition: undefined }, idempotent);
    const request = listRequest(query, ['state', 'program']);
    const filters = { ...request.filters, group };
    return viewOf(servicePage, await this.backends.service.call(rpc.listServices, { ...request, filters }, idempotent));
  }

  @Get(':service')
  @ApiOkResponse({ standardSchema: serviceView })
  async show(@Param('group') group: string, @Param('service') service: string): Promise<ServiceView> {
    const name = `${group}/${service}`;
    return viewOf(
      serviceView,
      await this.backends.service.call(rpc.getService, { name, minPosition: undefined }, idempotent),
    );
  }

  @Post(':service/scale')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: serviceView })
  @ApiAcceptedResponse({ standardSchema: serviceView })
  async scale(
    @Param('group') group: string,
    @Param('service') service: string,
    @Body({ schema: scaleBody }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceView> {
    const { units, reason } = checked(scaleBody, body);
    const wanted = { meta: commandMeta(request, reason), name: `${group}/${service}`, units };
    const changed = await this.backends.service.call(rpc.scaleService, wanted, idempotent);
    acceptedIf(changed.change, reply);
    return viewOf(serviceView, changed.service);
  }

  /** `{ key: value }`; null puts a key back to its default. `?reason=TEXT`. */
  @Patch(':service/config')
  @ApiOkResponse({ standardSchema: serviceView })
  @ApiAcceptedResponse({ standardSchema: serviceView })
  async configure(
    @Param('group') group: string,
    @Param('service') service: string,
    @Query() query: QueryOf,
    @Body({ schema: configPatch }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceView> {
    const { texts } = flags(query, [], ['reason']);
    const values = checked(configPatch, body);
    const meta = commandMeta(request, reasonOf(texts['reason']));
    const changed = await this.backends.service.call(
      rpc.setConfig,
      { meta, name: `${group}/${service}`, values },
      idempotent,
    );
    acceptedIf(changed.change, reply);
    return viewOf(serviceView, changed.service);
  }

  @Get(':service/config/revisions')
  @ApiOkResponse({ standardSchema: revisionPage })
  async revisions(
    @Param('group') group: string,
    @Param('service') service: string,
    @Query() query: QueryOf,
  ): Promise<{ items: RevisionView[]; next: string | null }> {
    const request = listRequest(query, []);
    const filters = { service: `${group}/${service}` };
    const found = await this.backends.service.call(rpc.listConfigRevisions, { ...request, filters }, idempotent);
    return viewOf(revisionPage, found);
  }
}
