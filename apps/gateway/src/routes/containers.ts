import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import {
  containerView,
  page,
  resourceServiceView,
  type ContainerView,
  type ResourceServiceView,
} from '@yiqiu/contracts';
import { resource as stubs } from '@yiqiu/contracts/grpc';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ResourceServiceService;
const idempotent = { idempotent: true } as const;
const containerPage = page(containerView, 'ContainerPage');
const servicePage = page(resourceServiceView, 'ResourceServicePage');

/** Containers, as the resource layer has them. */
@Controller('api/v1/containers')
export class ContainerRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: containerPage })
  async list(@Query() query: QueryOf): Promise<{ items: ContainerView[]; next: string | null }> {
    const found = await this.backends.resource.call(
      rpc.listContainers,
      listRequest(query, ['state', 'machine', 'pool', 'service', 'group', 'package']),
      idempotent,
    );
    return viewOf(containerPage, found);
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: containerView })
  async show(@Param('id') name: string): Promise<ContainerView> {
    return viewOf(
      containerView,
      await this.backends.resource.call(rpc.getContainer, { name, minPosition: undefined }, idempotent),
    );
  }
}

/** What the resource layer knows of services: package, pools, placement. */
@Controller('api/v1/resource-services')
export class ResourceServiceRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: servicePage })
  async list(@Query() query: QueryOf): Promise<{ items: ResourceServiceView[]; next: string | null }> {
    const request = listRequest(query, ['group', 'pool', 'package']);
    return viewOf(servicePage, await this.backends.resource.call(rpc.listResourceServices, request, idempotent));
  }
}
