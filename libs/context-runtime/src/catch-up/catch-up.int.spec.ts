import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { status, type ServiceError } from '@grpc/grpc-js';
import { jetstreamManager } from '@nats-io/jetstream';
import { eventStream } from '@yiqiu/contracts';
import type { log as proto } from '@yiqiu/contracts/grpc';
import { openMemoryLog } from '@yiqiu/event-log';
import { hlcCompare } from '@yiqiu/kernel';
import { connectNats, NatsEventBus, type NatsLink } from '@yiqiu/messaging';
import { startNats, type TestNats } from '@yiqiu/testing';
import { add, remembering } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { serveOverGrpc, type ServedOverGrpc } from '../fixtures/grpc.fixture.ts';
import { answeredOf, meta, until, type CountersRuntime } from '../fixtures/harness.fixture.ts';
import { grpcCatchUp, type ServedLog } from './index.ts';

jest.setTimeout(60_000);
const { open, openOver } = contexts();
const served: ServedOverGrpc[] = [];
const serve = async (...args: Parameters<typeof serveOverGrpc>): Promise<ServedOverGrpc> => {
  const one = await serveOverGrpc(...args);
  served.push(one);
  return one;
};
afterEach(() => {
  for (const one of served.splice(0)) one.stop();
});

const servedOf = (runtime: CountersRuntime, log: ServedLog['log']): ServedLog => ({
  log,
  stateHash: () => runtime.stateHash(),
  moveClosed: () => runtime.moveClosed(),
  halts: () => runtime.status().halts,
});

const addMany = async (runtime: CountersRuntime, n: number): Promise<void> => {
  await Promise.all(Array.from({ length: n }, (_, i) => runtime.submit(add(`c${i % 3}`), meta())));
};

const request = (more: Partial<proto.ReadRequest> = {}): proto.ReadRequest => ({
  ...{ fromPosition: 1, limit: 0, backwards: false, types: [], follow: false },
  ...more,
});

const positions = async (stream: AsyncIterable<proto.StoredEvent>): Promise<number[]> =>
  (await Array.fromAsync(stream)).map(({ position }) => position);

describe('the log over gRPC', () => {
  it('is read as asked, in its stored bytes', async () => {
    const { runtime, log } = await open();
    const { client } = await serve(servedOf(runtime, log));
    await addMany(runtime, 2_500);
    const all = await Array.fromAsync<proto.StoredEvent>(client.read(request()));
    expect(all).toHaveLength(2_500);
    for (const { position, body } of all) expect(body).toBe(log.store.events.get(position)?.body);
    expect(await positions(client.read(request({ fromPosition: 10, limit: 3 })))).toEqual([10, 11, 12]);
    expect(await positions(client.read(request({ fromPosition: 0, backwards: true, limit: 2 })))).toEqual([
      2_500, 2_499,
    ]);
    expect(await positions(client.read(request({ stream: 'counter/c0', limit: 2 })))).toEqual([1, 4]);
    expect(await positions(client.read(request({ types: ['Expired'] })))).toEqual([]);
  });

  it('is followed, until the reader goes', async () => {
    const { runtime, log } = await open();
    const { client } = await serve(servedOf(runtime, log));
    await addMany(runtime, 3);
    const call = client.read(request({ follow: true, stream: 'counter/c0' }));
    const got: number[] = [];
    call.on('data', ({ position }: proto.StoredEvent) => got.push(position));
    call.on('error', () => undefined);
    await until('the first', () => got.length === 1);
    await addMany(runtime, 6);
    await until('the rest', () => got.length === 3);
    expect(got).toEqual([1, 4, 7]);
    call.cancel();
    expect(await positions(client.read(request({ follow: true, fromPosition: 2, limit: 3 })))).toEqual([2, 3, 4]);
  });

  it('tells its head, its state hash and its blobs', async () => {
    const { runtime, log } = await open();
    const { client, peer } = await serve(servedOf(runtime, log));
    await addMany(runtime, 3);
    const signal = new AbortController().signal;
    expect(await grpcCatchUp({ resource: peer }).head('resource', signal)).toEqual({
      position: 3,
      lineage: log.store.lineage,
    });
    const hash = await new Promise((resolve, reject) => {
      client.stateHash({}, (error, answer) => (error === null ? resolve(answer) : reject(error)));
    });
    expect(hash).toEqual(await runtime.stateHash());
    const bytes = Buffer.alloc(700_000, 'yiqiu');
    const digest = createHash('sha256').update(bytes).digest('hex');
    await log.blobs.put(digest, bytes);
    const chunks = await Array.fromAsync<proto.BlobChunk>(client.readBlob({ digest }));
    expect(Buffer.concat(chunks.map((chunk) => chunk.bytes)).equals(bytes)).toBe(true);
    expect(chunks.length).toBeGreaterThan(1);
  });

  it('moves its closed timestamp to now where it is asked to, durably, and nothing earlier comes after', async () => {
    const { runtime, log } = await open({ timings: { idleSaveMs: 3_600_000 } });
    const { client } = await serve(servedOf(runtime, log));
    const head = (moveClosed: boolean): Promise<proto.HeadResponse> =>
      new Promise((resolve, reject) => {
        client.head({ moveClosed }, (error, answer) => (error === null ? resolve(answer) : reject(error)));
      });
    await addMany(runtime, 1);
    const before = await head(false);
    const askedAt = Date.now();
    expect((await head(false)).closedL).toBe(before.closedL);
    const moved = await head(true);
    expect(moved).toMatchObject({ position: 1 });
    expect(moved.closedL).toBeGreaterThanOrEqual(askedAt);
    expect((await log.head()).closed).toEqual({ l: moved.closedL, c: moved.closedC });
    await addMany(runtime, 1);
    const [event] = (await Array.fromAsync(log.read(2))).map((stored) => stored.event);
    expect(hlcCompare(event?.meta.hlc ?? { l: 0, c: 0 }, { l: moved.closedL, c: moved.closedC })).toBeGreaterThan(0);
    await runtime.stop();
    expect((await head(true)).closedL).toBeGreaterThanOrEqual(moved.closedL);
  });

  it.each<[string, (client: proto.EventLogServiceClient) => AsyncIterable<unknown>, status]>([
    ['a negative position', (client) => client.read(request({ fromPosition: -1 })), status.INVALID_ARGUMENT],
    [
      'to follow backwards',
      (client) => client.read(request({ follow: true, backwards: true })),
      status.INVALID_ARGUMENT,
    ],
    ['a digest that is none', (client) => client.readBlob({ digest: '../x' }), status.INVALID_ARGUMENT],
    ['a blob that is not there', (client) => client.readBlob({ digest: 'a'.repeat(64) }), status.NOT_FOUND],
  ])('refuses %s', async (_name, ask, code) => {
    const { runtime, log } = await open();
    const { client } = await serve(servedOf(runtime, log));
    const error = await Array.fromAsync(ask(client)).then(
      () => null,
      (failure: ServiceError) => failure,
    );
    expect(error?.code).toBe(code);
  });
});

describe('a consumer that was away while the stream was lost', () => {
  let nats: TestNats;
  let link: NatsLink;
  beforeAll(async () => {
    nats = await startNats();
    link = await connectNats({ name: 'test', servers: nats.url, credentials: null });
  });
  afterAll(async () => {
    await link.close();
    await nats.stop();
  });

  /** Where all was too old by the time it was to be published, as on a busy machine, there is none of `machine`. */
  const loseStreams = async (): Promise<void> => {
    const { streams } = await jetstreamManager(link.connection, { checkAPI: false });
    const { name } = eventStream('machine');
    for await (const { config } of streams.list()) if (config.name === name) await streams.delete(name);
  };

  it.each([
    ['the publisher fills it again', null],
    ['the publisher does not, since all is too old', 1],
  ])('has every effect once: %s', async (_name, busRetentionMs) => {
    const bus = new NatsEventBus(link);
    const machine = await openOver({
      ...{ context: 'machine', bus, log: openMemoryLog({ context: 'machine' }) },
      timings: { busRetentionMs, leaseTtlMs: 10_000 },
    });
    const { peer } = await serve(servedOf(machine.runtime, machine.log));
    const log = openMemoryLog({ context: 'resource' });
    const openResource = () =>
      openOver({
        ...{ context: 'resource', bus, log, catchUp: grpcCatchUp({ machine: peer }), timings: { leaseTtlMs: 10_000 } },
        domain: { reactors: { machine: remembering() } },
      });
    const before = await openResource();
    await addMany(machine.runtime, 100);
    await until('all to be answered', async () => (await answeredOf(before.runtime, 'echo')).length === 100, 20_000);
    await before.runtime.stop();
    await addMany(machine.runtime, 1_500);
    await until('all to be published', () => machine.runtime.status().published === 1_600, 20_000);
    await loseStreams();
    const after = await openResource();
    await until('all to be answered', async () => (await answeredOf(after.runtime, 'echo')).length >= 1_600, 20_000);
    await addMany(machine.runtime, 10);
    await until(
      'the new ones to be answered',
      async () => (await answeredOf(after.runtime, 'echo')).length >= 1_610,
      20_000,
    );
    expect(await answeredOf(after.runtime, 'echo')).toEqual(Array.from({ length: 1_610 }, (_, n) => n + 1));
    await machine.runtime.stop();
    await loseStreams();
  });
});
