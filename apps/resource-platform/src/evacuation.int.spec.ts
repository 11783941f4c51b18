import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { headers } from '@nats-io/transport-node';
import { eventHeaders, eventSubject } from '@yiqiu/contracts';
import { log as logStubs, resource as stubs } from '@yiqiu/contracts/grpc';
import { fold, stateHash } from '@yiqiu/kernel';
import type { EventEnvelope } from '@yiqiu/kernel';
import { resourceDomain } from '@yiqiu/resource-domain';
import { waitFor } from '@yiqiu/testing';
import { Rig } from './rig.fixture.ts';
import { machineSays, unitSays } from './story.fixture.ts';

jest.setTimeout(90_000);

const rpc = stubs.ResourceServiceService;
const { stateHash: stateHashOf } = logStubs.EventLogServiceService;
const idempotent = { idempotent: true } as const;
const deadlineMs = 30_000;

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
  const small = { name: 'small', cpuMilli: 500, memoryMiB: 256, diskMiB: 1_024, ports: 4, pricePerHour: '0.01' };
  const meta = { commandId: 'c-1', actor: 'user:admin', reason: 'a test' };
  await rig.peer.call(rpc.createPackage, { ...small, meta }, idempotent);
}, 120_000);
afterAll(() => rig.stop(), 60_000);

/** By service and ordinal, as a person lists them. */
const list = async (): Promise<readonly stubs.Container[]> =>
  (await rig.peer.call(rpc.listContainers, { limit: 0, cursor: '', filters: {} }, idempotent)).items;

const states = async (): Promise<readonly string[]> =>
  (await list()).map(
    ({ ordinal, incarnation, machine, state }) => `${ordinal}.${incarnation} ${machine ?? 'nowhere'} ${state}`,
  );

/** Waits until exactly these are listed. */
const becomes = async (...wanted: readonly string[]): Promise<void> => {
  let last: readonly string[] = [];
  await waitFor(
    async () => {
      last = await states();
      return last.join() === wanted.join();
    },
    { deadlineMs, what: `the containers to be ${wanted.join(', ')}` },
  ).catch((error: unknown) => {
    throw new Error(`they are ${last.join(', ')}`, { cause: error });
  });
};

const readyHosts = async (): Promise<number> =>
  (await rig.events()).filter(({ type, data }) => type === 'HostObserved' && data['state'] === 'READY').length;

const grant = async (ordinal: number, incarnation: number): Promise<{ uid: string; incarnation: number }> => {
  const found = (await list()).find((row) => row.ordinal === ordinal && row.incarnation === incarnation);
  if (found === undefined) throw new Error(`there is no ${ordinal}.${incarnation}`);
  return { uid: found.id, incarnation };
};

const typesAfter = (events: readonly EventEnvelope[], position: number): readonly string[] =>
  events.filter((event) => event.position > position).map(({ type }) => type);

/** Everything that both contexts said once more, as a transport does that has lost its memory of it. */
const redeliver = async (): Promise<void> => {
  for (const context of ['machine', 'service'] as const) {
    for (const { stream, type, body, position, lineage } of rig.told(context)) {
      const written = headers();
      written.set(eventHeaders.position, String(position));
      written.set(eventHeaders.lineage, lineage);
      rig.link.connection.publish(eventSubject(context, stream, type), body, { headers: written });
    }
  }
  await rig.link.connection.flush();
};

describe('an evacuation, over the real PostgreSQL and NATS', () => {
  test('a faulty machine: replacements are offered, the old ones are said to move', async () => {
    await rig.tell('machine', ...machineSays.ready(1), ...machineSays.ready(2));
    // Two logs, two consumers: what the machine layer said has to be known before anything is asked for.
    await waitFor(async () => (await readyHosts()) === 2, { deadlineMs, what: 'both machines to be known as READY' });
    await rig.tell('service', unitSays.requested(0, [1]), unitSays.requested(1));
    await becomes('0.1 m1 ALLOCATED', '1.1 m2 ALLOCATED');
    await rig.tell('service', unitSays.ready(0, await grant(0, 1)), unitSays.ready(1, await grant(1, 1)));
    await becomes('0.1 m1 ACTIVE', '1.1 m2 ACTIVE');
    await rig.tell('machine', machineSays.fault(1));
    await becomes('0.1 m1 EVACUATING', '0.2 m2 ALLOCATED', '1.1 m2 ACTIVE');
    const [old, replacement] = await list();
    expect(old).toMatchObject({ message: 'machine m1 is given up: moves to m2' });
    expect(replacement).toMatchObject({ replaces: old?.id, ports: { client: 20_000 } });
  });

  test('the unit moves, and a restart and all events once more change nothing', async () => {
    await rig.tell('service', unitSays.migrated(0, await grant(0, 1), await grant(0, 2)));
    await becomes('0.1 m1 RELEASING', '0.2 m2 ALLOCATED', '1.1 m2 ACTIVE');
    const before = (await rig.events()).length;
    await redeliver();
    await rig.restart();
    await redeliver();
    // What comes after them in the same streams shows that they were taken.
    await rig.tell('machine', machineSays.labelled(2, 'after'));
    await rig.tell('service', unitSays.ready(0, await grant(0, 2)));
    await becomes('0.1 m1 RELEASING', '0.2 m2 ACTIVE', '1.1 m2 ACTIVE');
    await waitFor(async () => typesAfter(await rig.events(), before).includes('HostObserved'), {
      deadlineMs,
      what: 'the label to be seen',
    });
    expect([...typesAfter(await rig.events(), before)].sort()).toEqual(['ContainerActivated', 'HostObserved']);
  });

  test('its fence ends what was left, and the machine is told to be evacuated', async () => {
    const before = (await rig.events()).length;
    await rig.tell('machine', machineSays.fenced(1));
    await becomes('0.2 m2 ACTIVE', '1.1 m2 ACTIVE');
    const told = (await rig.events()).slice(before);
    expect(told.map(({ type }) => type)).toEqual(['HostFenced', 'ContainerReleased', 'MachineEvacuated']);
    expect(told[1]?.data).toMatchObject({ how: 'fenced' });
    expect(new Set(told.map(({ meta }) => meta.source?.context))).toEqual(new Set(['machine']));
    await waitFor(async () => (await rig.bus.lastPublished('resource'))?.position === before + told.length, {
      deadlineMs,
      what: 'MachineEvacuated to be published',
    });
  });

  test('where data stays, the container waits for its machine and is bound there again', async () => {
    await rig.tell('machine', ...machineSays.ready(3), machineSays.fault(2));
    await becomes('0.2 m2 EVACUATING', '0.3 m3 ALLOCATED', '1.1 m2 EVACUATING', '1.2 m3 ALLOCATED');
    await rig.tell(
      'service',
      unitSays.cancelled(0, await grant(0, 2), await grant(0, 3)),
      unitSays.migrated(1, await grant(1, 1), await grant(1, 2)),
    );
    await becomes('0.2 m2 EVACUATING', '1.1 m2 RELEASING', '1.2 m3 ALLOCATED');
    await rig.tell('machine', machineSays.fenced(2));
    await becomes('0.2 m2 WAITING', '1.2 m3 ALLOCATED');
    expect((await list())[0]?.message).toContain('its data is on machine m2');
    await rig.tell('machine', ...machineSays.repaired(2));
    await becomes('0.2 m2 WAITING', '0.3 m2 ALLOCATED', '1.2 m3 ALLOCATED');
    const [old, bound] = await list();
    expect(bound).toMatchObject({ replaces: old?.id, ports: old?.ports });
    await rig.tell('service', unitSays.migrated(0, await grant(0, 2), await grant(0, 3)));
    await rig.tell('service', unitSays.ready(0, await grant(0, 3)), unitSays.ready(1, await grant(1, 2)));
    await becomes('0.3 m2 ACTIVE', '1.2 m3 ACTIVE');
  });

  test('a removal whose agent says nothing keeps its place until the agent does', async () => {
    const silent = await grant(1, 2);
    await rig.tell('service', unitSays.removed(1, silent, false));
    await becomes('0.3 m2 ACTIVE', '1.2 m3 RELEASING');
    expect(Object.keys((await rig.peer.call(rpc.getAllocated, {}, idempotent)).machines)).toHaveLength(2);
    await rig.tell('service', unitSays.copyRemoved(1, silent));
    await becomes('0.3 m2 ACTIVE');
    await rig.tell('service', unitSays.removed(0, await grant(0, 3), true));
    await becomes();
  });

  test('its log tells the same', async () => {
    const live = await rig.peer.call(stateHashOf, {}, idempotent);
    const told = await rig.events();
    expect(told).toHaveLength(live.position);
    expect(stateHash(resourceDomain.tables(fold(resourceDomain, told)))).toBe(live.hash);
  });
});
