import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  containerDeclined,
  inventory,
  machineAdded,
  machineEvent,
  requestId,
  small,
  unitReady,
  unitRemoved,
  unitRequested,
} from '../events.fixture.ts';
import { World } from '../world.fixture.ts';
import { containersWhere, containerView } from './view.ts';

const absent = '0190a0a0-0000-7000-8000-00000000dead';

let world: World;
beforeEach(() => {
  world = new World();
  world.command(small);
  world.machine(machineAdded(1));
  world.machine(inventory(1, { cpuMilli: 1_000, memoryMiB: 8_192, diskMiB: 51_200 }));
  world.machine(machineEvent.onlined(1));
  world.service(unitRequested(1, 0));
});

const only = (): string => [...world.state.containers.keys()][0] ?? 'none';
const stateNow = (): string | undefined => world.state.containers.get(only())?.state;

describe('container', () => {
  test('is ACTIVE once its unit is ready, and stays so', () => {
    expect(stateNow()).toBe('ALLOCATED');
    expect(world.service(unitReady(1, 0, only()))).toEqual(['ContainerActivated']);
    expect(stateNow()).toBe('ACTIVE');
    expect(world.service(unitReady(1, 0, only()))).toEqual([]);
  });

  test('another incarnation or another unit does not make it ACTIVE; one that is gone is none', () => {
    expect(world.service(unitReady(1, 0, only(), 2))).toEqual([]);
    expect(world.service(unitReady(1, 1, only()))).toEqual([]);
    expect(world.service(unitReady(1, 0, absent))).toEqual([]);
    expect(world.refused).toEqual(['container-of-another', 'container-of-another', 'container-unknown']);
  });

  test('goes with its unit, and everything it held with it', () => {
    world.service(unitRemoved(1, 0, only()));
    expect(world.log.at(-1)).toMatchObject({ type: 'ContainerReleased', data: { how: 'removed', unit: 'cache/s1/0' } });
    expect(world.state).toMatchObject({ containers: new Map(), services: new Map(), uses: new Map() });
    expect(world.service(unitRemoved(1, 0, only()))).toEqual([]);
  });

  test('of a unit that was gone before it heard of it is released by its request', () => {
    expect(world.service(unitRemoved(1, 0, null))).toEqual(['ContainerReleased']);
  });

  test('is not released for another unit', () => {
    expect(world.service(unitRemoved(1, 1, only()))).toEqual([]);
    expect(world.refused).toEqual(['container-of-another']);
    expect(stateNow()).toBe('ALLOCATED');
  });

  test('that the service layer declines is released, once', () => {
    const uid = only();
    expect(world.service(containerDeclined(1, 0, uid, 2))).toEqual([]);
    expect(world.service(containerDeclined(1, 0, uid))).toEqual(['ContainerReleased']);
    expect(world.log.at(-1)).toMatchObject({ data: { how: 'declined' } });
    expect(world.service(containerDeclined(1, 0, uid))).toEqual([]);
    expect(world.refused).toEqual(['container-of-another', 'container-unknown']);
  });

  test('a unit that waited is given up', () => {
    for (const ordinal of [1, 2]) world.service(unitRequested(1, ordinal));
    expect(world.state.pending.size).toBe(1);
    expect(world.service(unitRemoved(1, 2, null))).toEqual(['PlacementCancelled']);
    expect(world.state.pending.size).toBe(0);
  });

  test('lists what lives and what waits, by every filter', () => {
    for (const ordinal of [1, 2]) world.service(unitRequested(1, ordinal));
    world.service(unitReady(1, 0, only()));
    const ids = (filters: Parameters<typeof containersWhere>[1]): string[] =>
      [...containersWhere(world.state, filters)].map((row) => `${row.ordinal}:${containerView(row).state}`);
    expect(ids({})).toEqual(['0:ACTIVE', '1:ALLOCATED', '2:PENDING']);
    expect(ids({ state: 'PENDING' })).toEqual(['2:PENDING']);
    expect(ids({ machine: 'm1' })).toEqual(['0:ACTIVE', '1:ALLOCATED']);
    expect(ids({ pool: 'bj01', state: 'ACTIVE' })).toEqual(['0:ACTIVE']);
    expect(ids({ pool: 'sh01' })).toEqual([]);
    expect(ids({ service: 'cache/s2' })).toEqual([]);
    expect(ids({ group: 'cach' })).toEqual([]);
    expect(ids({ group: 'cache', package: 'small' })).toHaveLength(3);
    const pending = [...containersWhere(world.state, { state: 'PENDING' })].map(containerView);
    expect(pending).toEqual([
      {
        id: requestId(1, 2),
        service: 'cache/s1',
        ordinal: 2,
        incarnation: 1,
        machine: null,
        ports: {},
        state: 'PENDING',
        package: 'small',
        replaces: null,
        message: 'none of 1 machine(s) fits: 1 short of CPU',
      },
    ]);
  });
});
