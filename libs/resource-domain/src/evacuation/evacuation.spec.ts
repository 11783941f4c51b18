import { beforeEach, describe, expect, test } from '@jest/globals';
import { containerView } from '../container/view.ts';
import {
  containerDeclined,
  evacuationCancelled,
  inventory,
  machineAdded,
  machineEvent,
  requestId,
  small,
  unitCopyRemoved,
  unitMigrated,
  unitReady,
  unitRemoved,
  unitRemovedAs,
  unitRequested,
} from '../events.fixture.ts';
import { World } from '../world.fixture.ts';
import { offerDelayMs } from './hold.ts';

const roomy = { cpuMilli: 1_000, memoryMiB: 8_192, diskMiB: 51_200 };
const absent = '0190a0a0-0000-7000-8000-00000000dead';

let world: World;
beforeEach(() => {
  world = new World();
  world.command(small);
  ready(1);
  world.service(unitRequested(1, 0));
  world.service(unitReady(1, 0, of(0)));
});

const ready = (n: number): void => {
  world.machine(machineAdded(n));
  world.machine(inventory(n, roomy));
  world.machine(machineEvent.onlined(n));
};
const repaired = (n: number): readonly string[] => {
  world.machine(machineEvent.migrated(n));
  world.machine(machineEvent.repaired(n));
  world.machine(machineEvent.inited(n));
  return world.machine(machineEvent.onlined(n));
};
/** The newest container of an ordinal, in one of the states. */
const of = (ordinal: number, ...states: readonly string[]): string => {
  const found = [...world.state.containers.values()]
    .filter((row) => row.ordinal === ordinal && (states.length === 0 || states.includes(row.state)))
    .sort((a, b) => b.incarnation - a.incarnation);
  return found[0]?.uid ?? 'none';
};
const view = (uid: string) => {
  const row = world.state.containers.get(uid);
  return row === undefined ? null : containerView(row);
};
const states = (): readonly string[] =>
  [...world.state.containers.values()].map(
    ({ ordinal, incarnation, machine, state }) => `${ordinal}.${incarnation} ${machine} ${state}`,
  );
const evacuated = (): number => world.log.filter(({ type }) => type === 'MachineEvacuated').length;

describe('evacuation', () => {
  test('offers a replacement of the same ordinal, one incarnation on, elsewhere; the old one stays', () => {
    ready(2);
    const old = of(0);
    expect(world.machine(machineEvent.fault(1))).toEqual(['HostObserved', 'ContainerAllocated', 'ContainerEvacuating']);
    const replacement = of(0, 'ALLOCATED');
    expect(world.log.at(-2)).toMatchObject({
      data: { incarnation: 2, replaces: old, machine: 'm2', unit: 'cache/s1/0' },
    });
    expect(world.log.at(-1)).toMatchObject({ data: { uid: old, replacement, unit: 'cache/s1/0' } });
    expect(view(old)).toMatchObject({ state: 'EVACUATING', message: 'machine m1 is given up: moves to m2' });
    expect(view(replacement)).toMatchObject({ state: 'ALLOCATED', replaces: old });
    expect(evacuated()).toBe(0);
    expect(world.machine(machineEvent.fault(1))).toEqual([]);
  });

  test('in the order of service and ordinal, whatever the order in which they came', () => {
    world.service(unitRequested(2, 1));
    ready(2);
    world.machine(machineEvent.fault(1));
    const offered = world.log.filter(({ type }) => type === 'ContainerEvacuating').map(({ data }) => data['unit']);
    expect(offered).toEqual(['cache/s1/0', 'cache/s2/1']);
  });

  test('where nothing fits that is said once, and tried again when a machine comes', () => {
    const old = of(0);
    expect(world.machine(machineEvent.fault(1))).toEqual(['HostObserved', 'ContainerEvacuating']);
    expect(world.log.at(-1)).toMatchObject({ data: { replacement: null } });
    expect(view(old)?.message).toBe('machine m1 is given up: no replacement: none of 1 machine(s) fits: 1 not READY');
    expect(world.machine(machineAdded(2))).toEqual(['HostObserved']);
    world.machine(inventory(2, roomy));
    expect(world.machine(machineEvent.onlined(2))).toEqual([
      'HostObserved',
      'ContainerAllocated',
      'ContainerEvacuating',
    ]);
  });

  test('a replacement goes before older requests that wait', () => {
    world.service(unitRequested(1, 1));
    world.service(unitRequested(1, 2));
    world.machine(machineEvent.fault(1));
    ready(2);
    expect(states()).toContain('0.2 m2 ALLOCATED');
    expect(states()).toContain('1.2 m2 ALLOCATED');
    expect([...world.state.pending.keys()]).toEqual([requestId(1, 2)]);
  });

  test('a migrated unit ends its old container by its report, and the machine is evacuated then', () => {
    ready(2);
    const old = of(0);
    world.machine(machineEvent.fault(1));
    const replacement = of(0, 'ALLOCATED');
    expect(world.service(unitMigrated(1, 0, old, replacement))).toEqual(['ContainerReleasing']);
    expect(world.service(unitMigrated(1, 0, old, replacement))).toEqual([]);
    expect(world.service(unitReady(1, 0, replacement, 2))).toEqual(['ContainerActivated']);
    expect(states()).toEqual(['0.1 m1 RELEASING', '0.2 m2 ACTIVE']);
    expect(world.service(unitCopyRemoved(1, 0, old))).toEqual(['ContainerReleased', 'MachineEvacuated']);
    expect(world.log.at(-2)?.data).toMatchObject({ how: 'removed' });
    expect(world.service(unitCopyRemoved(1, 0, old))).toEqual([]);
    expect(world.refused).toEqual(['container-unknown']);
  });

  test.each([
    ['local', 'fenced'],
    ['manual', 'declared-dead'],
  ] as const)('or by a fence (%s), whether it comes after the migration or before', (how, ended) => {
    ready(2);
    const old = of(0);
    world.machine(machineEvent.fault(1));
    world.service(unitMigrated(1, 0, old, of(0, 'ALLOCATED')));
    expect(world.machine(machineEvent.fenced(1, 1, { how }))).toEqual([
      'HostFenced',
      'ContainerReleased',
      'MachineEvacuated',
    ]);
    expect(world.log.at(-2)?.data).toMatchObject({ uid: old, how: ended });
    expect(world.machine(machineEvent.fenced(1, 1, { how }))).toEqual([]);

    ready(3);
    const second = of(0);
    world.machine(machineEvent.fault(2));
    expect(world.machine(machineEvent.fenced(2, 2, { how }))).toEqual(['HostFenced']);
    expect(world.service(unitMigrated(1, 0, second, of(0, 'ALLOCATED')))).toEqual([
      'ContainerReleased',
      'MachineEvacuated',
    ]);
    expect(states()).toEqual(['0.3 m3 ALLOCATED']);
  });

  test('a fence of units ends those it names, in the incarnation it names', () => {
    ready(2);
    const old = of(0);
    world.machine(machineEvent.fault(1));
    world.service(unitMigrated(1, 0, old, of(0, 'ALLOCATED')));
    const fenceOf = (incarnation: number, fence: number) =>
      machineEvent.fenced(1, fence, { scope: 'units', incarnations: [{ unit: 'cache/s1/0', incarnation }] });
    expect(world.machine(fenceOf(2, 1))).toEqual(['HostFenced']);
    expect(states()).toEqual(['0.1 m1 RELEASING', '0.2 m2 ALLOCATED']);
    expect(world.machine(fenceOf(1, 2))).toEqual(['HostFenced', 'ContainerReleased', 'MachineEvacuated']);
  });

  test('a fence of single units says nothing of one that is not given up', () => {
    const fence = machineEvent.fenced(1, 1, { scope: 'units', incarnations: [{ unit: 'cache/s1/0', incarnation: 1 }] });
    expect(world.machine(fence)).toEqual(['HostFenced']);
    expect(world.state.containers.get(of(0))?.fenced).toBeNull();
    expect(world.machine(machineEvent.fenced(9, 1))).toEqual([]);
    expect(world.refused).toEqual(['host-unknown']);
  });

  test('a replacement whose machine fails too is replaced once its unit has taken it', () => {
    ready(2);
    const old = of(0);
    world.machine(machineEvent.fault(1));
    const first = of(0, 'ALLOCATED');
    ready(3);
    expect(world.machine(machineEvent.fault(2))).toEqual(['HostObserved', 'ContainerEvacuating']);
    expect(view(first)?.message).toBe('machine m2 is given up: its unit has not taken it yet');
    expect(world.service(unitMigrated(1, 0, old, first))).toEqual([
      'ContainerReleasing',
      'ContainerAllocated',
      'ContainerEvacuating',
    ]);
    expect(states()).toEqual(['0.1 m1 RELEASING', '0.2 m2 EVACUATING', '0.3 m3 ALLOCATED']);
  });

  test('is not undone by one that is only suspect', () => {
    ready(2);
    expect(world.machine(machineEvent.suspected(1))).toEqual(['HostObserved']);
    expect(states()).toEqual(['0.1 m1 ACTIVE']);
  });
});

describe('an evacuation that is cancelled', () => {
  let old: string;
  let replacement: string;
  beforeEach(() => {
    ready(2);
    old = of(0);
    world.machine(machineEvent.fault(1));
    replacement = of(0, 'ALLOCATED');
  });

  test('to retry: the replacement is given up, another offered after a while, longer each time', () => {
    const cancel = evacuationCancelled(1, 0, old, replacement, 'retry');
    expect(world.service(cancel)).toEqual(['ContainerReleased', 'EvacuationHeld']);
    expect(view(old)).toMatchObject({ state: 'EVACUATING', message: 'no successor' });
    expect(world.service(cancel)).toEqual([]);
    ready(3);
    expect(states()).toEqual(['0.1 m1 EVACUATING']);
    const before = world.now;
    expect(world.tick()).toEqual(['ContainerAllocated', 'ContainerEvacuating']);
    expect(world.now - before).toBe(offerDelayMs.first);
    expect(world.tick()).toEqual([]);
    expect(world.service(evacuationCancelled(1, 0, old, of(0, 'ALLOCATED'), 'retry'))).toContain('EvacuationHeld');
    const again = world.now;
    world.tick();
    expect(world.now - again).toBe(2 * offerDelayMs.first);
  });

  test('the time is over and nothing fits: that is said, and no clock is waited for any more', () => {
    world.service(evacuationCancelled(1, 0, old, replacement, 'retry'));
    world.machine(machineEvent.backedUp(2));
    expect(world.tick()).toEqual(['ContainerEvacuating']);
    expect(world.tick()).toEqual([]);
    expect(world.machine(machineEvent.onlined(2))).toEqual([
      'HostObserved',
      'ContainerAllocated',
      'ContainerEvacuating',
    ]);
  });

  test('a declined replacement is as one to retry', () => {
    const declined = containerDeclined(1, 0, replacement);
    const { requestId: request } = world.state.containers.get(replacement) ?? { requestId: absent };
    const event = { ...declined, data: { ...declined.data, requestId: request } } as typeof declined;
    expect(world.service(event)).toEqual(['ContainerReleased', 'EvacuationHeld']);
    expect(world.tick()).toEqual(['ContainerAllocated', 'ContainerEvacuating']);
  });

  test('to wait: nothing more is offered, and once fenced it is WAITING, which is not live', () => {
    const cancel = evacuationCancelled(1, 0, old, replacement, 'waits');
    expect(world.service(cancel)).toEqual(['ContainerReleased', 'EvacuationHeld']);
    expect(world.service(cancel)).toEqual([]);
    expect(world.tick()).toEqual([]);
    ready(3);
    expect(states()).toEqual(['0.1 m1 EVACUATING']);
    expect(world.machine(machineEvent.fenced(1, 1))).toEqual(['HostFenced', 'ContainerWaiting', 'MachineEvacuated']);
    expect(view(old)).toMatchObject({
      state: 'WAITING',
      message: 'its data is on machine m1: it waits until that is READY again, or for a person',
    });
  });

  test('to wait, after the fence or without an offer', () => {
    world.machine(machineEvent.fenced(1, 1));
    expect(world.service(evacuationCancelled(1, 0, old, replacement, 'waits'))).toEqual([
      'ContainerReleased',
      'EvacuationHeld',
      'ContainerWaiting',
      'MachineEvacuated',
    ]);
    const alone = new World();
    world = alone;
    world.command(small);
    ready(1);
    world.service(unitRequested(1, 0));
    world.machine(machineEvent.fault(1));
    expect(world.service(evacuationCancelled(1, 0, of(0), null, 'waits'))).toEqual(['EvacuationHeld']);
    expect(world.service(evacuationCancelled(1, 0, of(0), null, 'waits'))).toEqual([]);
    expect(world.service(evacuationCancelled(1, 0, of(0), null, 'retry'))).toEqual([]);
  });

  test('one that crossed with a newer offer leaves that offer alone', () => {
    world.service(evacuationCancelled(1, 0, old, replacement, 'retry'));
    world.tick();
    const newer = of(0, 'ALLOCATED');
    expect(world.service(evacuationCancelled(1, 0, old, replacement, 'waits'))).toEqual([]);
    world.machine(machineEvent.fenced(1, 1));
    expect(world.service(evacuationCancelled(1, 0, old, null, 'waits'))).toEqual(['EvacuationHeld']);
    expect(of(0, 'ALLOCATED')).toBe(newer);
    expect(world.service(evacuationCancelled(1, 0, old, newer, 'waits'))).toEqual([
      'ContainerReleased',
      'ContainerWaiting',
      'MachineEvacuated',
    ]);
  });

  test('of a container that is gone, or of another unit, changes nothing', () => {
    expect(world.service(evacuationCancelled(1, 0, absent, null, 'waits'))).toEqual([]);
    expect(world.service(evacuationCancelled(1, 1, old, null, 'waits'))).toEqual([]);
    expect(world.service(unitMigrated(1, 1, old, replacement))).toEqual([]);
    expect(world.refused).toEqual(['container-unknown', 'container-of-another', 'container-of-another']);
    world.service(unitMigrated(1, 0, old, replacement));
    expect(world.service(evacuationCancelled(1, 0, old, replacement, 'waits'))).toEqual([]);
  });
});

describe('a container that waits for its machine', () => {
  let old: string;
  beforeEach(() => {
    old = of(0);
    world.machine(machineEvent.fault(1));
    world.service(evacuationCancelled(1, 0, old, null, 'waits'));
    world.machine(machineEvent.fenced(1, 1));
  });

  test('is bound to the same machine, directory and ports again, under a new incarnation', () => {
    expect(evacuated()).toBe(1);
    expect(repaired(1)).toEqual(['HostObserved', 'ContainerAllocated']);
    const { ports, home } = world.state.containers.get(old) ?? { ports: null, home: null };
    expect(world.log.at(-1)).toMatchObject({ data: { incarnation: 2, replaces: old, machine: 'm1', ports, home } });
    const bound = of(0, 'ALLOCATED');
    expect([...world.state.uses.values()][0]?.allocated).toEqual({ cpuMilli: 500, memoryMiB: 256, diskMiB: 1_024 });
    expect(world.service(unitMigrated(1, 0, old, bound))).toEqual(['ContainerReleased']);
    expect(world.service(unitReady(1, 0, bound, 2))).toEqual(['ContainerActivated']);
    expect(states()).toEqual(['0.2 m1 ACTIVE']);
    expect([...world.state.uses.values()][0]).toMatchObject({ ports: new Set([6_379]), homes: new Set(['s1_6379']) });
  });

  test('keeps its place on it, and goes before what else waits', () => {
    for (const ordinal of [1, 2, 3]) world.service(unitRequested(1, ordinal));
    expect(repaired(1)).toEqual([
      'HostObserved',
      'ContainerAllocated',
      'ContainerAllocated',
      'PlacementPending',
      'PlacementPending',
    ]);
    expect(states()).toEqual(['0.1 m1 WAITING', '0.2 m1 ALLOCATED', '1.1 m1 ALLOCATED']);
  });

  test('is offered its place again after a while where it was given up', () => {
    repaired(1);
    expect(world.service(evacuationCancelled(1, 0, old, of(0, 'ALLOCATED'), 'waits'))).toEqual([
      'ContainerReleased',
      'EvacuationHeld',
    ]);
    expect(states()).toEqual(['0.1 m1 WAITING']);
    expect([...world.state.uses.values()][0]?.ports).toEqual(new Set([6_379]));
    expect(world.tick()).toEqual(['ContainerAllocated']);
  });

  test('waits on where a foreign process has its port, and says so', () => {
    world.machine(inventory(1, roomy, [6_379]));
    expect(repaired(1)).toEqual(['HostObserved', 'ContainerWaiting']);
    expect(view(old)?.message).toBe('machine m1: port 6379 is held by a foreign process');
    expect(world.machine(inventory(1, roomy))).toEqual(['HostObserved', 'ContainerAllocated']);
  });

  test('waits on where the machine has become smaller', () => {
    world.machine(inventory(1, { ...roomy, cpuMilli: 499 }));
    expect(repaired(1)).toEqual(['HostObserved', 'ContainerWaiting']);
    expect(view(old)?.message).toBe('machine m1 has less capacity than is allocated on it');
  });

  test('goes when its unit got another place by a request, or is removed, or its machine is discarded', () => {
    ready(2);
    expect(world.service(unitRequested(1, 0, { incarnation: 2 }))).toEqual(['ContainerAllocated', 'ContainerReleased']);
    expect(states()).toEqual(['0.2 m2 ALLOCATED']);
  });

  test('goes with its unit, confirmed or not: it is fenced', () => {
    expect(world.service(unitRemovedAs(1, 0, old, false))).toEqual(['ContainerReleased']);
    expect(world.log.at(-1)?.data).toMatchObject({ how: 'fenced' });
  });

  test('goes with its machine', () => {
    world.machine(machineEvent.migrated(1));
    world.machine(machineEvent.repaired(1));
    expect(world.machine(machineEvent.discarded(1))).toEqual(['ContainerReleased', 'HostForgotten']);
  });

  test('keeps its machine from going offline: its data is there', () => {
    world.machine(machineEvent.migrated(1));
    expect(world.machine(machineEvent.offlineRequested(1, 50))).toEqual(['MachineCloseRefused']);
  });
});

describe('a container for which there is no room elsewhere', () => {
  let old: string;
  beforeEach(() => {
    old = of(0);
    world.machine(machineEvent.fault(1));
  });
  const noRoom = 'none of 1 machine(s) fits: 1 not READY';

  test('stays while it is not proven to be gone, and is WAITING from its fence on: its machine is evacuated', () => {
    expect(states()).toEqual(['0.1 m1 EVACUATING']);
    expect(world.machine(machineEvent.fenced(1, 1))).toEqual(['HostFenced', 'ContainerWaiting', 'MachineEvacuated']);
    expect(view(old)).toMatchObject({
      state: 'WAITING',
      message: `waits for room, or until machine m1 is READY again: ${noRoom}`,
    });
  });

  test('is WAITING at once where the fence came before', () => {
    world = new World();
    world.command(small);
    ready(1);
    world.service(unitRequested(1, 0));
    world.machine(machineEvent.fenced(1, 1));
    expect(world.machine(machineEvent.fault(1))).toEqual(['HostObserved', 'ContainerWaiting', 'MachineEvacuated']);
  });

  test('is bound to its own machine again when that is READY first', () => {
    world.machine(machineEvent.fenced(1, 1));
    expect(repaired(1)).toEqual(['HostObserved', 'ContainerAllocated']);
    const { home } = world.state.containers.get(old) ?? { home: null };
    expect(world.log.at(-1)).toMatchObject({ data: { incarnation: 2, replaces: old, machine: 'm1', home } });
    expect(world.service(unitMigrated(1, 0, old, of(0, 'ALLOCATED')))).toEqual(['ContainerReleased']);
  });

  test('goes elsewhere when there is room first; its machine, back, is free for others', () => {
    world.machine(machineEvent.fenced(1, 1));
    world.service(unitRequested(1, 1));
    ready(2);
    expect(states()).toEqual(['0.1 m1 WAITING', '0.2 m2 ALLOCATED', '1.1 m2 ALLOCATED']);
    expect(repaired(1)).toEqual(['HostObserved']);
    expect(world.service(unitMigrated(1, 0, old, of(0, 'ALLOCATED')))).toEqual(['ContainerReleased']);
  });

  test('an offer that is given up is made again later, also to go back', () => {
    world.machine(machineEvent.fenced(1, 1));
    ready(2);
    expect(world.service(evacuationCancelled(1, 0, old, of(0, 'ALLOCATED'), 'retry'))).toEqual([
      'ContainerReleased',
      'EvacuationHeld',
    ]);
    repaired(1);
    expect(states()).toEqual(['0.1 m1 WAITING']);
    expect(world.tick()).toEqual(['ContainerAllocated']);
    expect(states()).toEqual(['0.1 m1 WAITING', '0.2 m1 ALLOCATED']);
  });

  test('waits for its machine alone from the word on that its data is there', () => {
    world.machine(machineEvent.fenced(1, 1));
    const cancel = evacuationCancelled(1, 0, old, null, 'waits');
    expect(world.service(cancel)).toEqual(['EvacuationHeld', 'ContainerWaiting']);
    expect(view(old)?.message).toMatch(/^its data is on machine m1: it waits until that is READY again/);
    expect(world.service(cancel)).toEqual([]);
    ready(2);
    expect(states()).toEqual(['0.1 m1 WAITING']);
    expect(repaired(1)).toContain('ContainerAllocated');
  });

  test('says what is in the way of both, for another kind of reason only', () => {
    world.machine(machineEvent.fenced(1, 1));
    world.machine(inventory(1, roomy, [6_379]));
    world.machine(machineEvent.migrated(1));
    world.machine(machineEvent.repaired(1));
    world.machine(machineEvent.inited(1));
    world.machine(inventory(1, { ...roomy, cpuMilli: 499 }));
    expect(world.machine(machineEvent.onlined(1))).toEqual(['HostObserved', 'ContainerWaiting']);
    expect(view(old)?.message).toMatch(
      /^waits for room: machine m1 has less capacity than is allocated on it; elsewhere: none of 1 machine/,
    );
    expect(world.machine(inventory(1, { ...roomy, cpuMilli: 498 }))).toEqual(['HostObserved']);
    expect(world.machine(inventory(1, roomy))).toEqual(['HostObserved', 'ContainerAllocated']);
  });

  test('goes with its unit; where its machine is discarded it waits for room', () => {
    world.machine(machineEvent.fenced(1, 1));
    world.machine(machineEvent.migrated(1));
    world.machine(machineEvent.repaired(1));
    expect(world.machine(machineEvent.discarded(1))).toEqual(['HostForgotten', 'ContainerWaiting']);
    expect(view(old)?.message).toMatch(/^waits for room: machine m1 has left; elsewhere: /);
    ready(2);
    expect(states()).toEqual(['0.1 m1 WAITING', '0.2 m2 ALLOCATED']);
    expect(world.service(unitMigrated(1, 0, old, of(0, 'ALLOCATED')))).toEqual(['ContainerReleased']);
    expect(states()).toEqual(['0.2 m2 ALLOCATED']);
    expect(world.service(unitRemovedAs(1, 0, of(0), true))).toEqual(['ContainerReleased']);
    expect([...world.state.uses.keys()]).toEqual([]);
  });
});

describe('a unit that is removed', () => {
  test('without a word of its agent: its place stays taken, its ordinal is free', () => {
    const old = of(0);
    expect(world.service(unitRemovedAs(1, 0, old, false))).toEqual(['ContainerReleasing']);
    expect(world.service(unitRemovedAs(1, 0, old, false))).toEqual([]);
    expect(view(old)).toMatchObject({
      state: 'RELEASING',
      message: 'its unit was removed, but its agent has not confirmed that nothing of it runs',
    });
    world.service(unitRequested(1, 0, { incarnation: 2 }));
    expect(world.log.at(-1)).toMatchObject({ type: 'ContainerAllocated', data: { ports: { client: 20_000 } } });
    world.service(unitRequested(1, 1));
    expect(world.state.pending.size).toBe(1);
    expect(world.service(unitCopyRemoved(1, 0, old))).toEqual(['ContainerReleased', 'ContainerAllocated']);
  });

  test('confirmed, or told as version 1 had it: it is gone at once', () => {
    expect(world.service(unitRemovedAs(1, 0, of(0), true))).toEqual(['ContainerReleased']);
    world.service(unitRequested(1, 1));
    expect(world.service(unitRemoved(1, 1, of(1)))).toEqual(['ContainerReleased']);
  });

  test('while its machine is dead: what was offered is given up, and it ends by the fence', () => {
    ready(2);
    const old = of(0);
    world.machine(machineEvent.fault(1));
    expect(world.service(unitRemovedAs(1, 0, old, false))).toEqual(['ContainerReleased', 'ContainerReleasing']);
    expect(states()).toEqual(['0.1 m1 RELEASING']);
    expect(world.machine(machineEvent.fenced(1, 1))).toEqual(['HostFenced', 'ContainerReleased', 'MachineEvacuated']);
  });

  test('a report of another incarnation, or of one that is not going, ends nothing', () => {
    const old = of(0);
    expect(world.service(unitCopyRemoved(1, 0, old))).toEqual([]);
    world.service(unitRemovedAs(1, 0, old, false));
    expect(world.service(unitCopyRemoved(1, 0, old, 2))).toEqual([]);
    expect(world.refused).toEqual(['container-of-another']);
    expect(states()).toEqual(['0.1 m1 RELEASING']);
  });
});
