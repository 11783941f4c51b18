import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import type { Metadata, ServerReadableStream, ServerWritableStream } from '@grpc/grpc-js';
import { Controller, Inject, Module } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod } from '@nestjs/microservices';
import { log, service as platform } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import type { DomainError } from '@yiqiu/kernel';
import { freePort } from '@yiqiu/processes';
import type { Observable } from 'rxjs';
import { GrpcPeer, streamIn, streamOut } from '../grpc/index.ts';
import { createLogger } from '../logging/index.ts';
import { startService, STOPPING } from './index.ts';
import type { RunningService } from './index.ts';

jest.setTimeout(30_000);

const conflict: DomainError = {
  kind: 'conflict',
  code: 'state-not-allowed',
  message: '机器 m1 is READY',
  state: 'READY',
  possible: ['backup', 'abnormal'],
  errors: [{ field: 'verb', value: 'leave', allowed: ['backup'] }],
};

const written = { count: 0 };

@Controller()
class Probe {
  #calls = 0;

  constructor(@Inject(STOPPING) private readonly stopping: AbortSignal) {}

  @GrpcMethod('EventLogService', 'head')
  head(): log.HeadResponse {
    this.#calls += 1;
    if (this.#calls < 3) throw new RefusedError(refusal('unavailable', 'not-leading', 'it does not lead yet'));
    return {
      context: 'machine',
      lineage: 'l',
      position: 9_007_199_254_740_991,
      epoch: this.#calls,
      closedL: 0,
      closedC: 0,
      halts: [],
    };
  }

  @GrpcMethod('EventLogService', 'stateHash')
  stateHash(): log.StateHashResponse {
    throw new RefusedError(conflict);
  }

  @GrpcMethod('EventLogService', 'readBlob')
  readBlob(): never {
    throw new TypeError('a secret text');
  }

  @GrpcMethod('EventLogService', 'read')
  read(
    request: log.ReadRequest,
    _: Metadata,
    call: ServerWritableStream<log.ReadRequest, log.StoredEvent>,
  ): Promise<Observable<never>> {
    const events = async function* (signal: AbortSignal) {
      for (let position = 1; !signal.aborted && (request.limit === 0 || position <= request.limit); position++) {
        written.count = position;
        yield { position, body: 'x'.repeat(10_000) };
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    return streamOut(call, events, this.stopping);
  }
}

const taken = { count: 0 };

/** Answers the size of what was sent; 0 in it: refused at once; 2: read slowly. */
@Controller()
class Uploads {
  @GrpcStreamMethod('ServicePlatformService', 'pushProgram')
  push(
    pieces: Observable<platform.PushProgramRequest>,
    _: Metadata,
    call: ServerReadableStream<platform.PushProgramRequest, platform.ProgramChanged>,
  ): Observable<platform.ProgramChanged> {
    return streamIn(pieces, call, async (items) => {
      let size = 0;
      taken.count = 0;
      for await (const { chunk } of items) {
        if (chunk.includes(0)) throw new RefusedError(conflict);
        if (chunk.includes(2)) await new Promise((resolve) => setTimeout(resolve, 20));
        taken.count += 1;
        size += chunk.length;
      }
      return platform.ProgramChanged.fromPartial({ program: { name: 'p', size } });
    });
  }
}

@Module({ controllers: [Probe, Uploads] })
class ProbeModule {}

const secret = 's'.repeat(40);
const { head, stateHash, readBlob, read } = log.EventLogServiceService;
const readRequest = (limit: number): log.ReadRequest => log.ReadRequest.fromPartial({ fromPosition: 1, limit });

const open: { service?: RunningService; peers: GrpcPeer[] } = { peers: [] };
const start = async (): Promise<{ peer: GrpcPeer; service: RunningService; port: number }> => {
  const port = await freePort('127.0.0.1');
  const service = await startService({
    name: 'probe',
    module: ProbeModule,
    grpcBind: { host: '127.0.0.1', port },
    httpBind: { host: '127.0.0.1', port: 0 },
    secret,
    services: {
      'yiqiu.log.v1.EventLogService': log.EventLogServiceService,
      'yiqiu.service.v1.ServicePlatformService': platform.ServicePlatformServiceService,
    },
    logger: createLogger({ name: 'probe', level: 'silent' }),
  });
  open.service = service;
  return { peer: peerOf(port, secret), service, port };
};
const peerOf = (port: number, known: string): GrpcPeer => {
  const peer = new GrpcPeer({ address: { host: '127.0.0.1', port }, secret: known });
  open.peers.push(peer);
  return peer;
};

afterEach(async () => {
  for (const peer of open.peers.splice(0)) peer.close();
  await open.service?.stop();
  delete open.service;
});

describe('a service', () => {
  test('a refusal arrives as it was made; a defect keeps its text to itself', async () => {
    const { peer } = await start();
    await expect(peer.call(stateHash, {})).rejects.toEqual(new RefusedError(conflict));
    await expect(peer.call(stateHash, {})).rejects.toMatchObject({ error: conflict });
    const failure = await collect(peer.stream(readBlob, { digest: 'd' })).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: status.INTERNAL, details: expect.not.stringContaining('secret') });
  });

  test('an idempotent call is tried again while the peer is unavailable, another is not', async () => {
    const { peer } = await start();
    await expect(peer.call(head, { moveClosed: false })).rejects.toMatchObject({
      error: { kind: 'unavailable', code: 'not-leading' },
    });
    await expect(peer.call(head, { moveClosed: false }, { idempotent: true })).resolves.toMatchObject({
      epoch: 3,
      position: 9_007_199_254_740_991,
    });
  });

  test('who does not know the secret may call nothing', async () => {
    const { port } = await start();
    const stranger = peerOf(port, 'x'.repeat(40));
    await expect(stranger.call(head, { moveClosed: false })).rejects.toMatchObject({
      error: { code: 'peer-secret-refused' },
    });
    await expect(collect(stranger.stream(read, readRequest(1)))).rejects.toMatchObject({
      error: { code: 'peer-secret-refused' },
    });
  });

  test('a peer that is not there is unavailable within the deadline', async () => {
    const peer = peerOf(await freePort('127.0.0.1'), secret);
    await expect(peer.call(head, { moveClosed: false }, { deadlineMs: 400, idempotent: true })).rejects.toMatchObject({
      error: { kind: 'unavailable' },
    });
  });

  test('a stream gives all, and does not run ahead of its reader', async () => {
    const { peer } = await start();
    const positions: number[] = [];
    for await (const event of peer.stream(read, readRequest(2_000))) positions.push(event.position);
    expect(positions).toEqual(Array.from({ length: 2_000 }, (_, i) => i + 1));

    for await (const event of peer.stream(read, readRequest(0))) {
      expect(event.position).toBe(1);
      await settled(() => written.count);
      break;
    }
    expect(written.count).toBeLessThan(2_000);
  });

  test('an upload goes in pieces, and ends early where it is refused', async () => {
    const { peer } = await start();
    const { pushProgram } = platform.ServicePlatformServiceService;
    const sent = { count: 0, ahead: 0 };
    const pieces = function* (count: number, byte: number) {
      for (let i = 0; i < count; i++) {
        sent.count = i + 1;
        sent.ahead = Math.max(sent.ahead, sent.count - taken.count);
        yield platform.PushProgramRequest.fromPartial({ chunk: Buffer.alloc(256 * 1024, byte) });
      }
    };
    const push = (items: Iterable<platform.PushProgramRequest>) =>
      peer.upload(pushProgram, items, { deadlineMs: 20_000 });
    expect((await push(pieces(80, 1))).program?.size).toBe(80 * 256 * 1024);

    taken.count = 0;
    sent.ahead = 0;
    expect((await push(pieces(100, 2))).program?.size).toBe(100 * 256 * 1024);
    expect(sent.ahead).toBeLessThan(60);

    await expect(push(pieces(10_000, 0))).rejects.toMatchObject({ error: conflict });
    expect(sent.count).toBeLessThan(10_000);

    const broken = function* (): Generator<platform.PushProgramRequest> {
      yield platform.PushProgramRequest.fromPartial({ chunk: Buffer.alloc(1, 1) });
      throw new Error('the file is gone');
    };
    await expect(push(broken())).rejects.toThrow('the file is gone');
    expect((await push(pieces(1, 1))).program?.size).toBe(256 * 1024);
  }, 30_000);

  test('a stop ends followers and calls, and is done once', async () => {
    const { peer, service } = await start();
    const follower = collect(peer.stream(read, readRequest(0)));
    await service.stop();
    await service.stop();
    const got = await follower.catch((error: unknown) => error);
    expect(Array.isArray(got) || got instanceof RefusedError).toBe(true);
    await expect(peer.call(head, { moveClosed: false }, { deadlineMs: 500 })).rejects.toMatchObject({
      error: { kind: 'unavailable' },
    });
  });

  test('health tells why it is not ready, and serves metrics of calls', async () => {
    const { peer, service } = await start();
    const url = `http://127.0.0.1:${service.http.port}`;
    const readyz = async () => {
      const response = await fetch(`${url}/readyz`);
      return { status: response.status, body: await response.json() };
    };
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await readyz()).toEqual({ status: 503, body: { ready: false, checks: {} } });
    let reason: string | null = 'it rebuilds';
    service.readiness.add({ name: 'runtime', check: () => reason });
    expect(await readyz()).toEqual({ status: 503, body: { ready: false, checks: { runtime: 'it rebuilds' } } });
    reason = null;
    expect(await readyz()).toEqual({ status: 200, body: { ready: true, checks: { runtime: null } } });
    await expect(peer.call(stateHash, {})).rejects.toBeInstanceOf(RefusedError);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const counted = metrics.split('\n').filter((line) => line.startsWith('yiqiu_grpc_seconds_count'));
    expect(counted).toEqual([expect.stringMatching(/method="stateHash",outcome="conflict"\} 1$/)]);
  });
});

/** Waits until a number has not changed for 200 ms; at most 10 s. */
const settled = async (read: () => number): Promise<void> => {
  const until = Date.now() + 10_000;
  let last = -1;
  let since = Date.now();
  while (Date.now() - since < 200) {
    if (Date.now() > until) throw new Error(`did not settle within 10 s; last ${last}`);
    if (read() !== last) [last, since] = [read(), Date.now()];
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
