import { beforeEach, describe, expect, test } from '@jest/globals';
import { testUuid } from '@yiqiu/testing';
import {
  inventory,
  machineAdded,
  machineEvent,
  machineUid,
  small,
  unitRemoved,
  unitRequested,
} from '../events.fixture.ts';
import { World } from '../world.fixture.ts';
import { allocatedByMachine } from './view.ts';

const roomy = { cpuMilli: 4_000, memoryMiB: 8_192, diskMiB: 51_200 };

let world: World;
beforeEach(() => {
  world = new World();
  world.command(small);
  world.machine(machineAdded(1, { rack: 'r1', zone: 'z1', labels: { disk: 'ssd' } }));
});

const host = () => world.state.hosts.get(machineUid(1));
const withContainer = (): string => {
  world.machine(inventory(1, roomy));
  world.machine(machineEvent.onlined(1));
  world.service(unitRequested(1, 0));
  return [...world.state.containers.keys()][0] ?? 'none';
};

describe('host', () => {
  test('is the machine as its context tells it, whole in every event', () => {
    expect(host()).toMatchObject({ state: 'NEW', capacity: null, rack: 'r1', zone: 'z1', labels: { disk: 'ssd' } });
    world.machine(inventory(1, roomy, [22]));
    world.machine(machineEvent.inited(1));
    world.machine(machineEvent.onlined(1));
    world.machine(machineEvent.suspected(1));
    expect(world.log.at(-1)).toMatchObject({
      type: 'HostObserved',
      stream: `host/${machineUid(1)}`,
      data: {
        machine: 'm1',
        pool: 'bj01',
        rack: 'r1',
        state: 'READY',
        suspect: true,
        capacity: roomy,
        foreignPorts: [22],
      },
    });
    world.machine(machineEvent.cleared(1));
    world.machine(machineEvent.labelled(1, {}));
    expect(host()).toMatchObject({ suspect: false, labels: {}, rack: null, zone: null });
    expect(Object.keys(world.log.at(-1)?.data ?? {})).not.toContain('closedFor');
  });

  test('told again it says nothing; one added again is not set back', () => {
    world.machine(machineEvent.onlined(1));
    expect(world.machine(machineEvent.onlined(1))).toEqual([]);
    expect(world.machine(machineAdded(1))).toEqual([]);
    expect(host()?.state).toBe('READY');
  });

  test('what it was is no news, however late it comes again', () => {
    const uid = withContainer();
    world.machine(machineEvent.fault(1));
    world.machine(machineEvent.migrated(1));
    world.machine(machineEvent.repaired(1));
    world.machine(machineEvent.inited(1));
    world.machine(machineEvent.onlined(1));
    const [before, containers] = [host(), [...world.state.containers.values()]];
    expect(world.fromTheStart()).toEqual([]);
    expect(host()).toEqual(before);
    expect([...world.state.containers.values()]).toEqual(containers);
    expect(containers.map((container) => container.uid)).toContain(uid);
  });

  test('one that was never added stops the consumer', () => {
    expect(() => world.machine(machineEvent.onlined(2))).toThrow('halt: ObserveHost: host-unknown');
    expect(() => world.machine(machineEvent.offlineRequested(2, 1))).toThrow('halt: CloseHost: host-unknown');
    expect(world.machine(machineEvent.left(2))).toEqual([]);
  });

  test('a fault without containers is confirmed at once, and once', () => {
    world.machine(machineEvent.onlined(1));
    expect(world.machine(machineEvent.fault(1))).toEqual(['HostObserved', 'MachineEvacuated']);
    expect(world.machine(machineEvent.suspected(1))).toEqual(['HostObserved']);
    world.machine(machineEvent.migrated(1));
    world.machine(machineEvent.repaired(1));
    world.machine(machineEvent.inited(1));
    expect(world.machine(machineEvent.fault(1))).toEqual(['HostObserved', 'MachineEvacuated']);
  });

  test('a fault with containers is confirmed when the last one is released', () => {
    const uid = withContainer();
    world.service(unitRequested(1, 1));
    expect(world.machine(machineEvent.fault(1))).toEqual([
      'HostObserved',
      'ContainerEvacuating',
      'ContainerEvacuating',
    ]);
    expect(world.service(unitRemoved(1, 0, uid))).toEqual(['ContainerReleased']);
    const last = [...world.state.containers.keys()][0] ?? 'none';
    expect(world.service(unitRemoved(1, 1, last))).toEqual(['ContainerReleased', 'MachineEvacuated']);
  });

  test('closes for an offline request where it is empty, once per request', () => {
    world.machine(machineEvent.inited(1));
    expect(world.machine(machineEvent.offlineRequested(1, 50))).toEqual(['MachineClosed']);
    expect(world.log.at(-1)?.data).toEqual({ machineUid: machineUid(1), machine: 'm1', requestId: testUuid(50) });
    expect(world.machine(machineEvent.offlineRequested(1, 50))).toEqual([]);
    expect(world.machine(machineEvent.offlined(1, 50))).toEqual(['HostObserved']);
    expect(world.machine(machineEvent.left(1))).toEqual(['HostForgotten']);
    expect(world.state.hosts.size).toBe(0);
  });

  test('does not close over a container, and names it', () => {
    const uid = withContainer();
    world.machine(machineEvent.backedUp(1));
    expect(world.machine(machineEvent.offlineRequested(1, 50))).toEqual(['MachineCloseRefused']);
    expect(world.log.at(-1)?.data).toMatchObject({ containers: [uid] });
    expect(() => world.machine(machineEvent.left(1))).toThrow('halt: ForgetHost: host-not-empty');
  });

  test('one that never came up is forgotten', () => {
    expect(world.machine(machineEvent.discarded(1))).toEqual(['HostForgotten']);
  });

  test('what is allocated adds up; machines without containers are absent', () => {
    withContainer();
    world.service(unitRequested(1, 1));
    expect(allocatedByMachine(world.state)).toEqual(
      new Map([[machineUid(1), { cpuMilli: 1_000, memoryMiB: 512, diskMiB: 2_048 }]]),
    );
  });
});
