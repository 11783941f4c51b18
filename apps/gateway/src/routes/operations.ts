import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { operationView, page, type OperationView } from '@yiqiu/contracts';
import { service as stubs } from '@yiqiu/contracts/grpc';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const idempotent = { idempotent: true } as const;
const operationPage = page(operationView, 'OperationPage');

/** Changes that go on, or did. */
@Controller('api/v1/operations')
export class OperationRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: operationPage })
  async list(@Query() query: QueryOf): Promise<{ items: OperationView[]; next: string | null }> {
    const request = listRequest(query, ['state', 'kind', 'target']);
    return viewOf(operationPage, await this.backends.service.call(rpc.listOperations, request, idempotent));
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: operationView })
  async show(@Param('id') name: string): Promise<OperationView> {
    return viewOf(
      operationView,
      await this.backends.service.call(rpc.getOperation, { name, minPosition: undefined }, idempotent),
    );
  }
}
