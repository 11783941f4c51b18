import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { createPool, page, poolView, verbBody, type PoolView } from '@yiqiu/contracts';
import { machine as stubs } from '@yiqiu/contracts/grpc';
import type { FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { checked } from '../http/check.ts';
import { commandMeta, flags, listRequest, reasonOf, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.MachineServiceService;
const idempotent = { idempotent: true } as const;
const poolPage = page(poolView, 'PoolPage');

/** Pools of the machine layer. */
@Controller('api/v1/pools')
export class PoolRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: poolPage })
  async list(@Query() query: QueryOf): Promise<{ items: PoolView[]; next: string | null }> {
    return viewOf(poolPage, await this.backends.machine.call(rpc.listPools, listRequest(query, []), idempotent));
  }

  @Get(':pool')
  @ApiOkResponse({ standardSchema: poolView })
  async show(@Param('pool') name: string): Promise<PoolView> {
    return viewOf(
      poolView,
      await this.backends.machine.call(rpc.getPool, { name, minPosition: undefined }, idempotent),
    );
  }

  @Post()
  @ApiCreatedResponse({ standardSchema: poolView })
  async create(@Body({ schema: createPool }) body: unknown, @Req() request: FastifyRequest): Promise<PoolView> {
    const { policy, ...pool } = checked(createPool, body);
    const patch: stubs.FaultPolicyPatch = {
      leaseMs: policy.leaseMs,
      holdDownMs: policy.holdDownMs,
      blastMachines: policy.blastMachines,
      blastPercent: policy.blastPercent,
      blastWindowMs: policy.blastWindowMs,
    };
    const meta = commandMeta(request, null);
    const changed = await this.backends.machine.call(rpc.createPool, { meta, ...pool, policy: patch }, idempotent);
    return viewOf(poolView, changed.pool);
  }

  /** Detection goes on in a frozen pool, although not all of it is back. */
  @Post(':pool/resume')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: poolView })
  async resume(
    @Param('pool') name: string,
    @Body({ schema: verbBody }) body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<PoolView> {
    const meta = commandMeta(request, checked(verbBody, body).reason);
    const changed = await this.backends.machine.call(rpc.resumePool, { meta, name }, idempotent);
    return viewOf(poolView, changed.pool);
  }

  /** Only an empty one goes. */
  @Delete(':pool')
  @HttpCode(204)
  async remove(@Param('pool') name: string, @Query() query: QueryOf, @Req() request: FastifyRequest): Promise<void> {
    const { texts } = flags(query, [], ['reason']);
    const meta = commandMeta(request, reasonOf(texts['reason']));
    await this.backends.machine.call(rpc.deletePool, { meta, name }, idempotent);
  }
}
