import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import { createInitStrategy, createPool, durationMs } from '@yiqiu/contracts';
import type { common, machine } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import {
  changeAnswer,
  defaultFaultPolicy,
  initStrategiesWhere,
  initStrategyView,
  newestRevision,
  poolNamed,
  poolsWhere,
  poolView,
} from '@yiqiu/machine-domain';
import type { MachineCommand, MachineContextState } from '@yiqiu/machine-domain';
import { checkFilters, page, parseRequest, readOptionsOf, RUNTIME, submitMetaOf } from '@yiqiu/platform-kit';
import type { TimingProfile } from '@yiqiu/platform-kit';
import { poolMessage, strategyMessage } from './messages.ts';
import { TIMING } from './tokens.ts';

/** Pools and init strategies. */
@Controller()
export class PoolController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime<MachineContextState, MachineCommand>,
    @Inject(TIMING) private readonly timing: TimingProfile,
  ) {}

  @GrpcMethod('MachineService', 'createPool')
  async createPool({ meta, policy, ...wanted }: machine.CreatePoolRequest): Promise<machine.PoolChanged> {
    const given = Object.fromEntries(Object.entries(policy ?? {}).filter(([, value]) => value !== undefined));
    const data = parseRequest(createPool, { ...wanted, policy: given });
    const { leaseMs, holdDownMs } = this.timing;
    const whole = { ...defaultFaultPolicy, leaseMs, holdDownMs };
    for (const [field, value] of Object.entries(data.policy))
      if (value !== undefined) Object.assign(whole, { [field]: value });
    const { answer, position, replayed } = await this.runtime.submit(
      { type: 'CreatePool', data: { ...data, policy: whole } },
      submitMetaOf(meta),
    );
    const { changed } = changeAnswer.parse(answer);
    return {
      change: { position, changed: changed && !replayed, operation: undefined },
      pool: await this.pool(data.name, position),
    };
  }

  @GrpcMethod('MachineService', 'deletePool')
  async deletePool({ meta, name }: machine.NamedChange): Promise<common.Changed> {
    const { position, replayed } = await this.runtime.submit(
      { type: 'DeletePool', data: { name } },
      submitMetaOf(meta),
    );
    return { position, changed: !replayed, operation: undefined };
  }

  @GrpcMethod('MachineService', 'resumePool')
  async resumePool({ meta, name }: machine.NamedChange): Promise<machine.PoolChanged> {
    const { answer, position, replayed } = await this.runtime.submit(
      { type: 'ResumePool', data: { name } },
      submitMetaOf(meta),
    );
    const { changed } = changeAnswer.parse(answer);
    return {
      change: { position, changed: changed && !replayed, operation: undefined },
      pool: await this.pool(name, position),
    };
  }

  @GrpcMethod('MachineService', 'listPools')
  listPools(request: common.ListRequest): Promise<machine.PoolPage> {
    checkFilters(request.filters, []);
    return this.runtime.read((state) => {
      const { items, next } = page(poolsWhere(state, {}), request, ({ name }) => name);
      return { items: items.map((pool) => poolMessage(poolView(state, pool))), next };
    }, readOptionsOf(request));
  }

  @GrpcMethod('MachineService', 'getPool')
  getPool({ name, minPosition }: common.GetRequest): Promise<machine.Pool> {
    return this.pool(name, minPosition);
  }

  @GrpcMethod('MachineService', 'createInitStrategy')
  async createStrategy({ meta, ...wanted }: machine.CreateInitStrategyRequest): Promise<machine.InitStrategyChanged> {
    const { steps, checks, ...data } = parseRequest(createInitStrategy, wanted);
    const timed = steps.map(({ timeout, ...step }) => ({ ...step, timeoutMs: durationMs(timeout) }));
    const command: MachineCommand = { type: 'CreateInitStrategy', data: { ...data, steps: timed, checks } };
    const { answer, position, replayed } = await this.runtime.submit(command, submitMetaOf(meta));
    const { changed } = changeAnswer.parse(answer);
    const initStrategy = await this.strategy(data.name, position);
    return { change: { position, changed: changed && !replayed, operation: undefined }, initStrategy };
  }

  @GrpcMethod('MachineService', 'listInitStrategies')
  listStrategies(request: common.ListRequest): Promise<machine.InitStrategyPage> {
    checkFilters(request.filters, []);
    return this.runtime.read((state) => {
      const { items, next } = page(initStrategiesWhere(state, {}), request, ({ name }) => name);
      return { items: items.map((strategy) => strategyMessage(initStrategyView(strategy))), next };
    }, readOptionsOf(request));
  }

  @GrpcMethod('MachineService', 'getInitStrategy')
  getStrategy({ name, minPosition }: common.GetRequest): Promise<machine.InitStrategy> {
    return this.strategy(name, minPosition);
  }

  private pool(name: string, minPosition: number | undefined): Promise<machine.Pool> {
    return this.runtime.read((state) => {
      const found = poolNamed(state, name);
      if (found === undefined) throw unknown('pool', name);
      return poolMessage(poolView(state, found));
    }, readOptionsOf({ minPosition }));
  }

  private strategy(name: string, minPosition: number | undefined): Promise<machine.InitStrategy> {
    return this.runtime.read((state) => {
      const found = newestRevision(state, name);
      if (found === undefined) throw unknown('init-strategy', name);
      return strategyMessage(initStrategyView(found));
    }, readOptionsOf({ minPosition }));
  }
}

const unknown = (what: string, name: string): RefusedError =>
  new RefusedError(
    refusal('not-found', `${what}-unknown`, `there is no ${what} ${JSON.stringify(name)}`, {
      next: `yiqiu ${what} list`,
    }),
  );
