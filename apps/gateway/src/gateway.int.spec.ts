import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { machine, type common } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import { createLogger, startService, type RunningService } from '@yiqiu/platform-kit';
import { freePort } from '@yiqiu/processes';
import { Backends } from './backends/backends.ts';
import { startGateway } from './start.ts';

const token = 't'.repeat(40);
const secret = 's'.repeat(40);
const asked: { meta?: common.CommandMeta | undefined; list?: common.ListRequest } = {};

const pool: machine.Pool = {
  name: 'bj01',
  region: 'bj',
  initStrategy: 'default',
  autoOnline: true,
  policy: { leaseMs: 5_000, holdDownMs: 5_000, blastMachines: 5, blastPercent: 20, blastWindowMs: 600_000 },
  frozen: undefined,
  machines: { READY: 3 },
};

/** A machine-manager of this test: what the gateway sends it and what comes of its answers is what is looked at. */
@Controller()
class MachineManager {
  @GrpcMethod('MachineService', 'listPools')
  list(request: common.ListRequest): machine.PoolPage {
    asked.list = request;
    return { items: [pool], next: undefined };
  }

  @GrpcMethod('MachineService', 'createPool')
  create(request: machine.CreatePoolRequest): machine.PoolChanged {
    asked.meta = request.meta;
    return { change: undefined, pool: { ...pool, name: request.name, autoOnline: request.autoOnline } };
  }

  @GrpcMethod('MachineService', 'resumePool')
  resume(request: machine.NamedChange): machine.PoolChanged {
    asked.meta = request.meta;
    return { change: undefined, pool: { ...pool, name: request.name } };
  }

  @GrpcMethod('MachineService', 'declareDead')
  declareDead(request: machine.DeclareDeadRequest): machine.MachineChanged {
    throw new RefusedError(refusal('conflict', 'machine-heard', `${request.verified}, override ${request.override}`));
  }

  @GrpcMethod('MachineService', 'listFences')
  fences(request: common.ListRequest): machine.FencePage {
    asked.list = request;
    const incarnations = [{ unit: 'cache/redis/0', incarnation: 2 }];
    const fence = { id: 'f1', machine: 'm1', incarnations, how: 'local', at: '2026-01-01T00:00:00.000Z', by: 'local' };
    return { items: [fence], next: undefined };
  }

  @GrpcMethod('MachineService', 'changeMachine')
  change(request: machine.ChangeMachineRequest): machine.MachineChanged {
    throw new RefusedError(
      refusal('conflict', 'machine-state-forbids', `machine ${request.name} is READY`, {
        state: 'READY',
        possible: ['backup'],
      }),
    );
  }
}

@Module({ controllers: [MachineManager] })
class MachineManagerModule {}

describe('the gateway', () => {
  let manager: RunningService;
  let gateway: NestFastifyApplication;
  let server: string;

  beforeAll(async () => {
    const logger = createLogger({ name: 'test', level: 'silent' });
    const grpc = { host: '127.0.0.1', port: await freePort() };
    const nobody = { host: '127.0.0.1', port: await freePort() };
    manager = await startService({
      name: 'machine-manager',
      module: MachineManagerModule,
      grpcBind: grpc,
      httpBind: { host: '127.0.0.1', port: 0 },
      secret,
      services: { 'yiqiu.machine.v1.MachineService': machine.MachineServiceService },
      logger,
    });
    const bind = { host: '127.0.0.1', port: await freePort() };
    const backends = new Backends({ machine: grpc, resource: nobody, service: nobody }, secret);
    gateway = await startGateway({ bind, token, backends, logger });
    server = `http://127.0.0.1:${bind.port}`;
  }, 30_000);

  afterAll(async () => {
    await gateway.close();
    await manager.stop();
  }, 30_000);

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: (await response.json()) as Record<string, unknown>,
    };
  };

  it('gives a list with every field, null where there is nothing', async () => {
    const { status, body } = await call('GET', '/api/v1/pools?limit=7&cursor=abc');
    expect(status).toBe(200);
    expect(body).toEqual({ items: [{ ...pool, frozen: null }], next: null });
    expect(asked.list).toMatchObject({ limit: 7, cursor: 'abc' });
  });

  it('takes a body that is not there as none, though it is called JSON', async () => {
    const typed = { 'content-type': 'application/json' };
    const without = await call('POST', '/api/v1/pools');
    expect(without).toMatchObject({ status: 422, body: { errors: expect.any(Array) } });
    expect(await call('POST', '/api/v1/pools', undefined, typed)).toEqual(without);
  });

  it('passes the idempotency key and revision on, and fills in defaults', async () => {
    const { status, body } = await call(
      'POST',
      '/api/v1/pools',
      { name: 'bj02' },
      { 'idempotency-key': 'k1', 'if-match': '"3"' },
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'bj02', autoOnline: false });
    expect(asked.meta).toMatchObject({ commandId: 'rest:k1', actor: 'user:admin', expectedRevision: 3 });
  });

  it.each([
    ['no token', 'GET', '/api/v1/pools', undefined, { authorization: '' }, 401, 'unauthenticated'],
    [
      'another token',
      'GET',
      '/api/v1/pools',
      undefined,
      { authorization: `Bearer ${'x'.repeat(40)}` },
      401,
      'unauthenticated',
    ],
    ['an unknown path', 'GET', '/api/v1/nothing', undefined, {}, 404, 'unknown-route'],
    ['an unknown query', 'GET', '/api/v1/pools?colour=red', undefined, {}, 400, 'request-malformed'],
    ['a limit out of range', 'GET', '/api/v1/pools?limit=1001', undefined, {}, 400, 'request-malformed'],
    ['a body that is no JSON', 'POST', '/api/v1/pools', '{', {}, 400, 'malformed'],
    ['a missing field', 'POST', '/api/v1/pools', {}, {}, 422, 'request-invalid'],
    ['an unknown field', 'POST', '/api/v1/pools', { name: 'a', colour: 'red' }, {}, 422, 'request-invalid'],
    ['a wrong type', 'POST', '/api/v1/pools', { name: 1 }, {}, 422, 'request-invalid'],
    ['a bad key', 'POST', '/api/v1/pools', { name: 'a' }, { 'idempotency-key': 'a b' }, 400, 'request-malformed'],
    ['an unknown verb', 'POST', '/api/v1/machines/m1/explode', {}, {}, 404, 'machine-verb-unknown'],
    [
      'a death without a proof',
      'POST',
      '/api/v1/machines/m1/declare-dead',
      { reason: 'r' },
      {},
      422,
      'request-invalid',
    ],
    ['a service that is down', 'GET', '/api/v1/packages', undefined, {}, 503, 'peer-unavailable'],
  ] as const)(
    'answers %s with a problem',
    async (_what, method, path, body, headers, status, code) => {
      const answer = await call(method, path, body, headers);
      expect(answer).toMatchObject({
        status,
        type: expect.stringContaining('application/problem+json'),
        body: { status, code },
      });
    },
    20_000,
  );

  it('names state and possible verbs where the state forbids one', async () => {
    const { status, body } = await call('POST', '/api/v1/machines/m1/online', { reason: 'try' });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'machine-state-forbids', state: 'READY', possible: ['backup'] });
  });

  it('takes a person’s words on a frozen pool and a dead machine, and lists fences', async () => {
    expect(await call('POST', '/api/v1/pools/bj01/resume', { reason: 'they are gone' })).toMatchObject({
      status: 200,
      body: { name: 'bj01', frozen: null },
    });
    expect(asked.meta).toMatchObject({ reason: 'they are gone' });
    const words = { verified: 'the plug is out', reason: 'water', override: true };
    expect(await call('POST', '/api/v1/machines/m1/declare-dead', words)).toMatchObject({
      status: 409,
      body: { code: 'machine-heard', detail: 'the plug is out, override true' },
    });
    expect(await call('GET', '/api/v1/fences?machine=m1')).toMatchObject({
      status: 200,
      body: { items: [{ id: 'f1', incarnations: [{ unit: 'cache/redis/0', incarnation: 2 }] }], next: null },
    });
    expect(asked.list).toMatchObject({ filters: { machine: 'm1' } });
  });

  it('describes itself in OpenAPI 3.1', async () => {
    const { status, body } = await call('GET', '/api/openapi.json', undefined, { authorization: '' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      openapi: '3.1.0',
      paths: { '/api/v1/pools': { get: expect.anything(), post: expect.anything() } },
    });
    const { components } = body as { components: { schemas: Record<string, unknown> } };
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(['Pool', 'Machine', 'CreatePool']));
  });
});
