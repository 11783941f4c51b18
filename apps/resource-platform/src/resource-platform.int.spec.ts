import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { MachineContextEvent, ServiceContextEvent } from '@yiqiu/contracts';
import { log as logStubs, resource as stubs } from '@yiqiu/contracts/grpc';
import { fold, stateHash } from '@yiqiu/kernel';
import type { GrpcPeer } from '@yiqiu/platform-kit';
import { resourceDomain } from '@yiqiu/resource-domain';
import { testUuid, waitFor } from '@yiqiu/testing';
import { Rig } from './rig.fixture.ts';

jest.setTimeout(60_000);

const rpc = stubs.ResourceServiceService;
const { head, stateHash: stateHashOf } = logStubs.EventLogServiceService;
const idempotent = { idempotent: true } as const;

let rig: Rig;
let peer: GrpcPeer;

beforeAll(async () => {
  rig = await Rig.start();
  peer = rig.peer;
}, 120_000);

afterAll(() => rig.stop(), 60_000);

const create = (name: string, commandId: string, cpuMilli = 500): Promise<stubs.PackageChanged> =>
  peer.call(
    rpc.createPackage,
    {
      ...{ name, cpuMilli, memoryMiB: 256, diskMiB: 1_024, ports: 4, pricePerHour: '0.01' },
      meta: { commandId, actor: 'user:admin', reason: 'a test' },
    },
    idempotent,
  );

const list = (limit: number, cursor: string, minPosition = 0): Promise<stubs.PackagePage> =>
  peer.call(rpc.listPackages, { limit, cursor, filters: {}, minPosition }, idempotent);

describe('resource-platform', () => {
  test('creates a package, durably, once per command id', async () => {
    const created = await create('small', 'c-1');
    expect(created).toMatchObject({
      change: { changed: true },
      package: { name: 'small', cpuMilli: 500, pricePerHour: '0.01' },
    });
    const again = await create('small', 'c-1');
    expect(again).toMatchObject({
      change: { position: created.change?.position, changed: false },
      package: { name: 'small' },
    });
    await expect(create('other', 'c-1')).rejects.toMatchObject({
      error: { kind: 'invalid', code: 'command-id-reused' },
    });
    expect(await create('small', 'c-2')).toMatchObject({ change: { changed: false } });
    const [event] = await rig.events();
    expect(event).toMatchObject({
      type: 'PackageCreated',
      position: 1,
      data: { name: 'small' },
      meta: { actor: 'user:admin', commandId: 'c-1', reason: 'a test' },
    });
  });

  test('refuses with what was wrong, what it was, what is allowed', async () => {
    await expect(create('small', 'c-3', 501)).rejects.toMatchObject({
      error: { kind: 'conflict', code: 'package-exists', errors: [{ field: 'cpuMilli', value: 501, allowed: 500 }] },
    });
    await expect(create('Bad Name', 'c-4', 0)).rejects.toMatchObject({
      error: {
        kind: 'invalid',
        errors: [
          { field: 'name', value: 'Bad Name' },
          { field: 'cpuMilli', value: 0, allowed: 'at least 1' },
        ],
      },
    });
    await expect(create('noid', '')).rejects.toMatchObject({
      error: { kind: 'malformed', errors: [{ field: 'meta.command_id' }] },
    });
    await expect(peer.call(rpc.getPackage, { name: 'absent' }, idempotent)).rejects.toMatchObject({
      error: { kind: 'not-found', code: 'package-unknown' },
    });
    await expect(
      peer.call(rpc.listContainers, { limit: 0, cursor: '', filters: { colour: 'red' } }, idempotent),
    ).rejects.toMatchObject({ error: { code: 'filter-unknown' } });
  });

  test('pages its lists in order and reads its own writes', async () => {
    const made = await Promise.all(['a', 'c', 'b'].map((name) => create(name, `page-${name}`)));
    const position = Math.max(...made.map(({ change }) => change?.position ?? 0));
    const first = await list(2, '', position);
    const rest = await list(2, first.next ?? '', position);
    expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(['a', 'b', 'c', 'small']);
    expect(rest.next).toBeUndefined();
  });

  test('places what the other contexts ask for, and its log tells the same', async () => {
    await rig.tell('machine', ...machineStory);
    await waitFor(
      async () => (await rig.events()).some(({ data }) => data['machine'] === 'm1' && data['state'] === 'READY'),
      {
        deadlineMs: 20_000,
        what: 'm1 to be READY',
      },
    );
    await rig.tell('service', unitRequested);
    const listed = await waitFor(
      async () => {
        const { items } = await peer.call(
          rpc.listContainers,
          { limit: 0, cursor: '', filters: { machine: 'm1' } },
          idempotent,
        );
        return items.length > 0 ? items : null;
      },
      { deadlineMs: 20_000, what: 'a container on m1' },
    );
    expect(listed).toEqual([
      {
        id: expect.any(String),
        service: 'cache/redis',
        ordinal: 0,
        incarnation: 1,
        machine: 'm1',
        ports: { client: 6_379 },
        state: 'ALLOCATED',
        package: 'small',
      },
    ]);
    expect(await peer.call(rpc.getAllocated, {}, idempotent)).toEqual({
      machines: { [machineUid]: { cpuMilli: 500, memoryMiB: 256, diskMiB: 1_024 } },
    });
    expect(
      await peer.call(rpc.listResourceServices, { limit: 0, cursor: '', filters: { pool: 'bj01' } }, idempotent),
    ).toMatchObject({
      items: [{ name: 'cache/redis', program: 'redis@7.0.15', package: 'small', pools: ['bj01'] }],
    });
    const live = await peer.call(stateHashOf, {}, idempotent);
    const told = await rig.events();
    expect(told).toHaveLength(live.position);
    expect(stateHash(resourceDomain.tables(fold(resourceDomain, told)))).toBe(live.hash);
    const allocated = told.find(({ type }) => type === 'ContainerAllocated');
    expect(allocated?.meta.source).toEqual({ context: 'service', position: 1 });
    expect(allocated?.meta.seen).toMatchObject({ machine: machineStory.length });
  });

  test('is published as it is stored', async () => {
    const { bus } = rig;
    const { position, lineage } = await peer.call(head, { moveClosed: false }, idempotent);
    await waitFor(async () => (await bus.lastPublished('resource'))?.position === position, {
      deadlineMs: 10_000,
      what: 'all to be published',
    });
    expect(await bus.lastPublished('resource')).toEqual({ position, lineage });
  });

  test('a restart keeps everything', async () => {
    const before = await peer.call(stateHashOf, {}, idempotent);
    await rig.restart();
    await waitFor(async () => (await peer.call(stateHashOf, {}, idempotent)).hash === before.hash, {
      deadlineMs: 10_000,
      what: 'the same state',
    });
    expect((await create('after', 'c-9')).change?.position).toBe(before.position + 1);
  });
});

const machineUid = testUuid(1);
const m1 = { uid: machineUid, name: 'm1' };
const stream = `machine/${machineUid}`;
const machineStory: readonly MachineContextEvent[] = [
  {
    stream,
    type: 'MachineAdded',
    version: 1,
    data: {
      ...m1,
      ...{ address: '127.0.1.1', pool: 'bj01', poolUid: testUuid(2), rack: null, zone: null, labels: {} },
      ...{ initStrategy: 'default', joinTokenHash: '0'.repeat(64) },
    },
  },
  {
    stream,
    type: 'InventoryChanged',
    version: 1,
    data: {
      ...m1,
      ...{ capacity: { cpuMilli: 4_000, memoryMiB: 8_192, diskMiB: 51_200 }, os: 'linux', kernel: '6.1', arch: 'x64' },
      foreignPorts: [],
    },
  },
  {
    stream,
    type: 'MachineInited',
    version: 1,
    data: { ...m1, strategy: 'default', revision: 1, hash: '0'.repeat(64) },
  },
  { stream, type: 'MachineOnlined', version: 1, data: { ...m1, reason: null } },
];
const unitRequested: ServiceContextEvent = {
  stream: `unit/${testUuid(10)}`,
  type: 'UnitRequested',
  version: 1,
  data: {
    ...{ uid: testUuid(10), unit: 'cache/redis/0', groupUid: testUuid(11), serviceUid: testUuid(12) },
    ...{ service: 'cache/redis', ordinal: 0, incarnation: 1, requestId: testUuid(13), program: 'redis@7.0.15' },
    ...{ package: 'small', pools: ['bj01'], ports: [{ name: 'client', default: 6_379, pin: null }] },
    placement: { spread: ['machine'], labels: {} },
  },
};
