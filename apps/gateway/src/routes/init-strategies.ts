import { Body, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { createInitStrategy, initStrategyView, page, type InitStrategyView } from '@yiqiu/contracts';
import { machine as stubs } from '@yiqiu/contracts/grpc';
import type { FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { checked } from '../http/check.ts';
import { commandMeta, listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.MachineServiceService;
const idempotent = { idempotent: true } as const;
const strategyPage = page(initStrategyView, 'InitStrategyPage');

/** Init strategies, immutable revisions. */
@Controller('api/v1/init-strategies')
export class InitStrategyRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: strategyPage })
  async list(@Query() query: QueryOf): Promise<{ items: InitStrategyView[]; next: string | null }> {
    return viewOf(
      strategyPage,
      await this.backends.machine.call(rpc.listInitStrategies, listRequest(query, []), idempotent),
    );
  }

  @Get(':strategy')
  @ApiOkResponse({ standardSchema: initStrategyView })
  async show(@Param('strategy') name: string): Promise<InitStrategyView> {
    const found = await this.backends.machine.call(rpc.getInitStrategy, { name, minPosition: undefined }, idempotent);
    return viewOf(initStrategyView, found);
  }

  @Post()
  @ApiCreatedResponse({ standardSchema: initStrategyView })
  async create(
    @Body({ schema: createInitStrategy }) body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<InitStrategyView> {
    const { kernel, checks, ...strategy } = checked(createInitStrategy, body);
    const changed = await this.backends.machine.call(
      rpc.createInitStrategy,
      {
        meta: commandMeta(request, null),
        ...strategy,
        kernel: kernel ?? undefined,
        checks: checks.map((check) => ({
          name: check.name,
          run: check.run ?? undefined,
          kernel: check.kernel ?? undefined,
        })),
      },
      idempotent,
    );
    return viewOf(initStrategyView, changed.initStrategy);
  }
}
