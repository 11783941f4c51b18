import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import {
  addMachine,
  createInitStrategy,
  createPool,
  initStrategyView,
  machineAddedView,
  machineVerb,
  machineView,
  page,
  poolView,
  verbBody,
  type InitStrategyView,
  type MachineView,
  type PoolView,
} from '@yiqiu/contracts';
import { machine as stubs } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import type { FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { checked } from '../http/check.ts';
import { commandMeta, listRequest } from '../http/request.ts';

const rpc = stubs.MachineServiceService;
const idempotent = { idempotent: true } as const;
const poolPage = page(poolView, 'PoolPage');
const strategyPage = page(initStrategyView, 'InitStrategyPage');
const machinePage = page(machineView, 'MachinePage');

type Query = { readonly [name: string]: unknown };

/** Pools of the machine layer. */
@Controller('api/v1/pools')
export class PoolRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: poolPage })
  async list(@Query() query: Query): Promise<{ items: PoolView[]; next: string | null }> {
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
}

/** Init strategies, immutable revisions. */
@Controller('api/v1/init-strategies')
export class InitStrategyRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: strategyPage })
  async list(@Query() query: Query): Promise<{ items: InitStrategyView[]; next: string | null }> {
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

/** Machines, with the seed's verbs by their names. */
@Controller('api/v1/machines')
export class MachineRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: machinePage })
  async list(@Query() query: Query): Promise<{ items: MachineView[]; next: string | null }> {
    const found = await this.backends.machine.call(rpc.listMachines, listRequest(query, ['state', 'pool']), idempotent);
    return viewOf(machinePage, found);
  }

  @Get(':machine')
  @ApiOkResponse({ standardSchema: machineView })
  async show(@Param('machine') name: string): Promise<MachineView> {
    return viewOf(
      machineView,
      await this.backends.machine.call(rpc.getMachine, { name, minPosition: undefined }, idempotent),
    );
  }

  /** The answer holds the one-time token, so nothing on the way may keep it. */
  @Post()
  @Header('cache-control', 'no-store')
  @ApiCreatedResponse({ standardSchema: machineAddedView })
  async add(
    @Body({ schema: addMachine }) body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<MachineView & { joinToken: string; command: string }> {
    const { rack, zone, ...machine } = checked(addMachine, body);
    const added = await this.backends.machine.call(
      rpc.addMachine,
      { meta: commandMeta(request, null), ...machine, rack: rack ?? undefined, zone: zone ?? undefined },
      idempotent,
    );
    const server = `${request.protocol}://${request.host}`;
    const command = `yiqiu-agent run --server ${server} --token ${added.joinToken} --root /var/lib/yiqiu`;
    return { ...viewOf(machineView, added.machine), joinToken: added.joinToken, command };
  }

  @Post(':machine/:verb')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: machineView })
  async change(
    @Param('machine') name: string,
    @Param('verb') verb: string,
    @Body({ schema: verbBody }) body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<MachineView | null> {
    const known = machineVerb.safeParse(verb);
    if (!known.success) {
      throw new RefusedError(
        refusal(
          'not-found',
          'machine-verb-unknown',
          `a machine has no verb ${verb}; there are ${machineVerb.options.join(', ')}`,
        ),
      );
    }
    const meta = commandMeta(request, checked(verbBody, body).reason);
    const changed = await this.backends.machine.call(
      rpc.changeMachine,
      { meta, name, verb: known.data, override: false },
      idempotent,
    );
    return changed.machine === undefined ? null : viewOf(machineView, changed.machine);
  }
}
