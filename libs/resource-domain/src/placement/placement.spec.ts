import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  inventory,
  machineAdded,
  machineEvent,
  port,
  requestId,
  small,
  unitRemoved,
  unitRequested,
} from '../events.fixture.ts';
import type { MachineChoice, RequestChoice } from '../events.fixture.ts';
import { asResourceEvent } from '../events.ts';
import type { DataOf } from '../events.ts';
import { World } from '../world.fixture.ts';

const roomy = { cpuMilli: 4_000, memoryMiB: 8_192, diskMiB: 51_200 };

let world: World;
beforeEach(() => {
  world = new World();
  world.command(small);
});

const ready = (n: number, choice: MachineChoice = {}, capacity = roomy, foreign: number[] = []): void => {
  world.machine(machineAdded(n, choice));
  world.machine(inventory(n, capacity, foreign));
  world.machine(machineEvent.inited(n));
  world.machine(machineEvent.onlined(n));
};

/** Requests a unit; the container it got, or why it waits. */
const ask = (
  service: number,
  ordinal: number,
  choice: RequestChoice = {},
): DataOf<'ContainerAllocated'> | DataOf<'PlacementPending'> => {
  world.service(unitRequested(service, ordinal, choice));
  const last = world.log
    .map(asResourceEvent)
    .findLast(({ type }) => type === 'ContainerAllocated' || type === 'PlacementPending');
  if (last?.type === 'ContainerAllocated' || last?.type === 'PlacementPending') return last.data;
  throw new Error('neither allocated nor pending');
};
const machineOf = (service: number, ordinal: number, choice: RequestChoice = {}): string => {
  const got = ask(service, ordinal, choice);
  return 'machine' in got ? got.machine : `waits: ${got.message}`;
};
const uidOf = (service: number, ordinal: number): string => {
  const found = [...world.state.containers.values()].find(
    (row) => row.service === `cache/s${service}` && row.ordinal === ordinal,
  );
  return found?.uid ?? 'none';
};

describe('placement', () => {
  test('spreads over machines, then has the most free, then the first name', () => {
    for (const n of [3, 1, 2]) ready(n);
    expect([0, 1, 2, 3, 4].map((ordinal) => machineOf(1, ordinal))).toEqual(['m1', 'm2', 'm3', 'm1', 'm2']);
    expect(machineOf(2, 0)).toBe('m3');
    expect(machineOf(2, 1)).toBe('m1');
  });

  test('spreads over racks and zones where the rules say so', () => {
    ready(1, { rack: 'r1', zone: 'z1' });
    ready(2, { rack: 'r1', zone: 'z1' });
    ready(3, { rack: 'r2', zone: 'z1' });
    ready(4, { rack: 'r3', zone: 'z2' });
    const placement = { spread: ['zone' as const, 'rack' as const], labels: {} };
    expect([0, 1, 2, 3, 4].map((ordinal) => machineOf(1, ordinal, { placement }))).toEqual([
      'm1',
      'm4',
      'm3',
      'm4',
      'm2',
    ]);
  });

  test('spreading is preferred, not required', () => {
    ready(1);
    expect([0, 1].map((ordinal) => machineOf(1, ordinal))).toEqual(['m1', 'm1']);
  });

  test('two units of one service on a machine have other ports and homes', () => {
    ready(1);
    expect(ask(1, 0)).toMatchObject({
      ports: { client: 6_379 },
      home: 's1_6379',
      address: '127.0.1.1',
      replaces: null,
    });
    expect(ask(1, 1)).toMatchObject({ ports: { client: 20_000 }, home: 's1_20000' });
  });

  test('a port that a foreign process holds is not given', () => {
    ready(1, {}, roomy, [6_379, 20_000]);
    expect(ask(1, 0)).toMatchObject({ ports: { client: 20_001 } });
    expect(ask(1, 1, { ports: [port('client', null, 6_379)] })).toMatchObject({
      message: 'none of 1 machine(s) fits: 1 where a port of 6379 is taken',
      filters: { port: 1 },
    });
  });

  test('says how many machines fell to which filter', () => {
    ready(1, { pool: 'sh01' });
    ready(2);
    world.machine(machineEvent.backedUp(2));
    ready(3);
    world.machine(machineEvent.suspected(3));
    ready(4, {}, { ...roomy, cpuMilli: 499 });
    ready(5, {}, { ...roomy, memoryMiB: 255 });
    ready(6, {}, { ...roomy, diskMiB: 1_023 });
    ready(7, { labels: { disk: 'hdd' } });
    world.machine(machineAdded(8));
    world.machine(machineEvent.onlined(8));
    const got = ask(1, 0, { placement: { spread: [], labels: { disk: 'ssd' } } });
    expect(got).toMatchObject({ filters: { pool: 1, state: 1, suspect: 1, labels: 5 } });
    expect(ask(2, 0)).toMatchObject({ machine: 'm7' });
    world.machine(machineEvent.fault(7));
    expect(ask(3, 0)).toMatchObject({
      filters: { pool: 1, state: 2, suspect: 1, 'capacity-unknown': 1, cpu: 1, memory: 1, disk: 1 },
      message:
        'none of 8 machine(s) fits: 1 not in pool bj01; 2 not READY; 1 suspect; 1 of unknown capacity; 1 short of CPU; 1 short of memory; 1 short of disk',
    });
  });

  test('fills a machine to the last of it', () => {
    ready(1, {}, { cpuMilli: 1_000, memoryMiB: 512, diskMiB: 2_048 });
    expect([0, 1].map((ordinal) => machineOf(1, ordinal))).toEqual(['m1', 'm1']);
    expect(machineOf(1, 2)).toBe('waits: none of 1 machine(s) fits: 1 short of CPU');
  });

  test('an unknown package, too many ports and no machine are said', () => {
    expect(ask(1, 0)).toMatchObject({ message: 'there is no machine', filters: {} });
    ready(1);
    expect(ask(2, 0, { package: 'huge' })).toMatchObject({ message: 'there is no package huge', filters: {} });
    const ports = ['a', 'b', 'c', 'd', 'e'].map((name) => port(name, null));
    expect(ask(3, 0, { ports })).toMatchObject({ message: 'redis@7.0.15 wants 5 ports, package small allows 4' });
  });

  test('what waits is placed when a machine comes, the oldest first, and is said again only for another reason', () => {
    for (const ordinal of [0, 1, 2]) ask(1, ordinal);
    expect(world.machine(machineAdded(1))).toEqual([
      'HostObserved',
      'PlacementPending',
      'PlacementPending',
      'PlacementPending',
    ]);
    expect(world.machine(machineAdded(2))).toEqual(['HostObserved']);
    world.machine(inventory(1, { ...roomy, cpuMilli: 1_000 }));
    expect(world.machine(machineEvent.onlined(1))).toEqual([
      'HostObserved',
      'ContainerAllocated',
      'ContainerAllocated',
      'PlacementPending',
    ]);
    expect([...world.state.pending.keys()]).toEqual([requestId(1, 2)]);
    expect(world.service(unitRemoved(1, 0, uidOf(1, 0)))).toEqual(['ContainerReleased', 'ContainerAllocated']);
  });

  test('what waits for its package is placed when it is there', () => {
    ready(1);
    ask(1, 0, { package: 'big' });
    expect(world.state.services.size).toBe(0);
    world.command({ ...small, data: { ...small.data, name: 'big' } });
    expect(world.log.slice(-2).map(({ type }) => type)).toEqual(['ResourceServiceDefined', 'ContainerAllocated']);
  });

  test('an ordinal waits until its holder is released', () => {
    ready(1);
    ask(1, 0);
    const held = uidOf(1, 0);
    expect(ask(1, 0, { incarnation: 2 })).toMatchObject({ message: `ordinal 0 is still held by container ${held}` });
    expect(world.service(unitRemoved(1, 0, held))).toEqual(['PlacementCancelled', 'ContainerReleased']);
  });

  test('asked again it changes nothing; a newer incarnation replaces one that waits; an older one is stale', () => {
    expect(world.service(unitRequested(1, 0))).toEqual(['ResourceServiceDefined', 'PlacementPending']);
    expect(world.service(unitRequested(1, 0))).toEqual([]);
    expect(world.service(unitRequested(1, 0, { incarnation: 3 }))).toEqual(['PlacementPending', 'PlacementCancelled']);
    expect([...world.state.pending.keys()]).toEqual([requestId(1, 0, 3)]);
    expect(world.service(unitRequested(1, 0, { incarnation: 2 }))).toEqual([]);
    expect(world.refused).toEqual(['request-stale']);
    ready(1);
    expect(world.service(unitRequested(1, 0, { incarnation: 3 }))).toEqual([]);
    expect(uidOf(1, 0)).not.toBe('none');
  });

  test('units that are asked for together are placed all or none, and say how far the room goes', () => {
    ready(1, {}, { ...roomy, cpuMilli: 1_000 });
    ready(2);
    world.machine(machineEvent.backedUp(2));
    expect(world.service(unitRequested(1, 0, { with: [1, 2] }))).toEqual([
      'ResourceServiceDefined',
      'PlacementPending',
      'PlacementPending',
      'PlacementPending',
    ]);
    expect(world.log.at(-1)).toMatchObject({
      data: {
        unit: 'cache/s1/2',
        batch: requestId(1, 0),
        filters: { state: 1, together: 1 },
        message:
          'none of 2 machine(s) has room; 3 were asked for together, all or none: 1 not READY; 1 with room for a part only',
      },
    });
    for (const ordinal of [1, 2]) expect(world.service(unitRequested(1, ordinal))).toEqual([]);
    expect(machineOf(2, 0)).toBe('m1');
    expect(world.machine(machineEvent.onlined(2))).toEqual([
      'HostObserved',
      'ContainerAllocated',
      'ContainerAllocated',
      'ContainerAllocated',
    ]);
    expect(world.state.pending.size).toBe(0);
  });

  test('where ports, not resources, are short for all of them, none is placed either', () => {
    ready(1);
    const pinned = { ports: [port('client', null, 7_000)] };
    expect(world.service(unitRequested(1, 0, { ...pinned, with: [1] }))).toEqual([
      'ResourceServiceDefined',
      'PlacementPending',
      'PlacementPending',
    ]);
    expect(world.log.at(-1)).toMatchObject({ data: { filters: { together: 1 } } });
    expect(world.state.uses.size).toBe(0);
  });

  test('what is left of a batch is placed when one of it is given up', () => {
    ready(1, {}, { ...roomy, cpuMilli: 1_000 });
    world.service(unitRequested(1, 0, { with: [1, 2] }));
    expect(world.service(unitRemoved(1, 1, null))).toEqual([
      'PlacementCancelled',
      'ContainerAllocated',
      'ContainerAllocated',
    ]);
  });

  test('of a batch only what is new is asked for', () => {
    ready(1);
    world.service(unitRequested(1, 1));
    expect(world.service(unitRequested(1, 0, { with: [1, 2] }))).toEqual(['ContainerAllocated', 'ContainerAllocated']);
  });
});
