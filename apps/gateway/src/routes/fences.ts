import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { fenceView, page, type FenceView } from '@yiqiu/contracts';
import { machine as stubs } from '@yiqiu/contracts/grpc';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { listRequest, type Query as QueryOf } from '../http/request.ts';

const fencePage = page(fenceView, 'FencePage');

/** Fences: proof that a machine's processes are gone. */
@Controller('api/v1/fences')
export class FenceRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: fencePage })
  async list(@Query() query: QueryOf): Promise<{ items: FenceView[]; next: string | null }> {
    const { listFences } = stubs.MachineServiceService;
    return viewOf(
      fencePage,
      await this.backends.machine.call(listFences, listRequest(query, ['machine']), { idempotent: true }),
    );
  }
}
