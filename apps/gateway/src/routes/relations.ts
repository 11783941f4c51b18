import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { page, relationView, type RelationView } from '@yiqiu/contracts';
import { service as stubs } from '@yiqiu/contracts/grpc';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const idempotent = { idempotent: true } as const;
const relationPage = page(relationView, 'RelationPage');

/** Who requires whom, and what they see of each other. */
@Controller('api/v1/relations')
export class RelationRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: relationPage })
  async list(@Query() query: QueryOf): Promise<{ items: RelationView[]; next: string | null }> {
    const request = listRequest(query, ['group', 'service']);
    return viewOf(relationPage, await this.backends.service.call(rpc.listRelations, request, idempotent));
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: relationView })
  async show(@Param('id') name: string): Promise<RelationView> {
    return viewOf(
      relationView,
      await this.backends.service.call(rpc.getRelation, { name, minPosition: undefined }, idempotent),
    );
  }
}
