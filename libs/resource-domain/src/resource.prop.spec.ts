import { describe, expect, test } from '@jest/globals';
import { fold, stateHash } from '@yiqiu/kernel';
import type { EventEnvelope } from '@yiqiu/kernel';
import { assertRestores } from '@yiqiu/testing';
import fc from 'fast-check';
import { resourceDomain } from './context.ts';
import {
  containerDeclined,
  inventory,
  machineAdded,
  machineEvent,
  port,
  small,
  unitReady,
  unitRemoved,
  unitRequested,
} from './events.fixture.ts';
import type { RequestChoice } from './events.fixture.ts';
import { asResourceEvent } from './events.ts';
import type { ResourceContextState } from './state.ts';
import { World } from './world.fixture.ts';

const machines = 4;
const capacities = [
  { cpuMilli: 500, memoryMiB: 8_192, diskMiB: 51_200 },
  { cpuMilli: 4_000, memoryMiB: 600, diskMiB: 51_200 },
  { cpuMilli: 4_000, memoryMiB: 8_192, diskMiB: 3_000 },
  { cpuMilli: 1_700, memoryMiB: 8_192, diskMiB: 51_200 },
] as const;

/** Services differ in what they want: default port, pin, none, two dynamic ones, an unknown package, more than is allowed. */
const choices: readonly RequestChoice[] = [
  { ports: [port('client', 6_379)] },
  { ports: [port('client', 7_000, 7_000)], placement: { spread: ['rack', 'zone', 'machine'], labels: {} } },
  { ports: [] },
  { ports: [port('a', null), port('b', 6_379)], placement: { spread: [], labels: { disk: 'ssd' } } },
  { package: 'absent' },
];
const choiceOf = (service: number, incarnation: number): RequestChoice => ({
  ...choices[service % choices.length],
  incarnation,
});

type Step = (world: World) => void;

const machineNo = fc.nat({ max: machines - 1 });
const serviceNo = fc.nat({ max: choices.length - 1 });
const ordinal = fc.nat({ max: 3 });
const incarnation = fc.integer({ min: 1, max: 3 });

/** A container, live or made up, to speak of. */
const someContainer = (world: World, pick: number): string => {
  const uids = world.log.flatMap((event) => {
    const own = asResourceEvent(event);
    return own.type === 'ContainerAllocated' ? [own.data.uid] : [];
  });
  return uids[pick % Math.max(1, uids.length)] ?? '0190a0a0-0000-7000-8000-00000000dead';
};

const isKnown = (world: World, n: number): boolean =>
  [...world.state.hosts.values()].some(({ machine }) => machine === `m${n}`);

/** What the machine context never says of a machine that it does not have, or of one that is not empty, is left out. */
const ofKnown =
  (n: number, step: Step): Step =>
  (world) => {
    if (isKnown(world, n)) step(world);
  };

const isEmpty = (world: World, n: number): boolean =>
  [...world.state.containers.values()].every(({ machine }) => machine !== `m${n}`);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: machineNo.map((n): Step => added(n)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(machineNo, fc.subarray([6_379, 7_000, 20_000, 20_001]))
      .map(([n, foreign]): Step =>
        ofKnown(n, (world) => void world.machine(inventory(n, capacities[n] ?? capacities[0], foreign))),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        machineNo,
        fc.constantFrom(
          'inited',
          'onlined',
          'onlined',
          'onlined',
          'backedUp',
          'fault',
          'migrated',
          'repaired',
          'suspected',
          'cleared',
        ),
      )
      .map(([n, verb]): Step => ofKnown(n, (world) => void world.machine(machineEvent[verb](n)))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(machineNo, fc.nat({ max: 3 }))
      .map(([n, r]): Step => ofKnown(n, (world) => void world.machine(machineEvent.offlineRequested(n, 700 + r)))),
  },
  {
    weight: 1,
    arbitrary: machineNo.map((n): Step => (world) => {
      if (isEmpty(world, n)) world.machine(machineEvent.left(n));
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>((world) => void world.command(small)) },
  {
    weight: 12,
    arbitrary: fc.tuple(serviceNo, ordinal, incarnation).map(
      ([s, o, i]): Step =>
        (world) =>
          void world.service(unitRequested(s, o, choiceOf(s, i))),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(serviceNo, ordinal, incarnation, fc.nat()).map(
      ([s, o, i, pick]): Step =>
        (world) =>
          void world.service(unitReady(s, o, someContainer(world, pick), i)),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(serviceNo, ordinal, incarnation, fc.option(fc.nat())).map(
      ([s, o, i, pick]): Step =>
        (world) =>
          void world.service(unitRemoved(s, o, pick === null ? null : someContainer(world, pick), i)),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(), fc.boolean()).map(([pick, declined]): Step => (world) => {
      const live = [...world.state.containers.values()];
      const container = live[pick % Math.max(1, live.length)];
      if (container === undefined) return;
      const s = Number(container.service.slice('cache/s'.length));
      const { ordinal: o, incarnation: i, uid } = container;
      world.service(declined ? containerDeclined(s, o, uid, i) : unitRemoved(s, o, uid, i));
    }),
  },
);

const added =
  (n: number): Step =>
  (world) =>
    void world.machine(machineAdded(n, { rack: `r${n % 2}`, labels: n === 0 ? { disk: 'ssd' } : {} }));

/** A machine that is READY and has told its capacity. */
const ready = (n: number): readonly Step[] => [
  added(n),
  (world) => void world.machine(inventory(n, capacities[n] ?? capacities[0])),
  (world) => void world.machine(machineEvent.onlined(n)),
];

/** Most stories begin where containers can be placed; some with nothing. */
const steps: fc.Arbitrary<Step[]> = fc
  .tuple(fc.subarray([0, 1, 2, 3]), fc.boolean(), fc.array(step, { maxLength: 60, size: 'max' }))
  .map(([readyOnes, withPackage, story]) => [
    ...readyOnes.flatMap(ready),
    ...(withPackage ? [(world: World) => void world.command(small)] : []),
    ...story,
  ]);

/** Looked at before an event is folded: what an allocation finds. */
const checkAllocation = (envelope: EventEnvelope, state: ResourceContextState): void => {
  const event = asResourceEvent(envelope);
  if (event.type !== 'ContainerAllocated') return;
  const { data } = event;
  const host = state.hosts.get(data.machineUid);
  expect(host).toMatchObject({ state: 'READY', suspect: false });
  const there = [...state.containers.values()].filter(({ machineUid }) => machineUid === data.machineUid);
  for (const field of ['cpuMilli', 'memoryMiB', 'diskMiB'] as const) {
    const taken = there.reduce((sum, { resources }) => sum + resources[field], data.resources[field]);
    expect(taken).toBeLessThanOrEqual(host?.capacity?.[field] ?? 0);
  }
  for (const number of Object.values(data.ports)) expect(host?.foreignPorts).not.toContain(number);
  const sameOrdinal = [...state.containers.values()].filter(
    (row) => row.serviceUid === data.serviceUid && row.ordinal === data.ordinal,
  );
  expect(sameOrdinal).toEqual([]);
};

/** Holds at any moment, whatever came. */
const checkState = (state: ResourceContextState): void => {
  const rows = [...state.containers.values()];
  const key = (parts: readonly (string | number)[]): string => parts.join(' ');
  const unique = (keys: readonly string[]): void => expect(new Set(keys).size).toBe(keys.length);
  unique(rows.flatMap(({ machineUid, ports }) => Object.values(ports).map((number) => key([machineUid, number]))));
  unique(rows.map(({ machineUid, home }) => key([machineUid, home])));
  unique(rows.map(({ serviceUid, ordinal: o }) => key([serviceUid, o])));
  unique([...rows, ...state.pending.values()].map(({ requestId }) => requestId));
  for (const field of ['cpuMilli', 'memoryMiB', 'diskMiB'] as const) {
    const parts = rows.reduce((sum, { resources }) => sum + resources[field], 0);
    const totals = [...state.uses.values()].reduce((sum, { allocated }) => sum + allocated[field], 0);
    expect(totals).toBe(parts);
  }
  const wanted = new Set(
    [...rows, ...[...state.pending.values()].filter((row) => row.package !== 'absent')].map((row) => row.serviceUid),
  );
  const definable = [...state.pending.values()].some((row) => row.package === 'small') && state.packages.size === 0;
  if (!definable) expect(new Set(state.services.keys())).toEqual(wanted);
  for (const host of state.hosts.values()) {
    const live = rows.filter(({ machineUid }) => machineUid === host.machineUid).length;
    if (host.state === 'ERROR_DETECTED') expect(host.evacuated).toBe(live === 0);
  }
};

const plainState = (state: ResourceContextState): unknown => ({
  ...Object.fromEntries(
    Object.entries(state).map(([name, map]) => [name, [...map.entries()].sort(([a], [b]) => (a < b ? -1 : 1))]),
  ),
});

describe('context resource, under any order of messages', () => {
  test('keeps its invariants after each event and each message', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const world = new World();
        world.onEvent = checkAllocation;
        for (const each of story) {
          each(world);
          checkState(world.state);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the fold of its log is what lives, indexes included, and survives a snapshot', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const world = new World();
        for (const each of story) each(world);
        const folded = fold(resourceDomain, world.log);
        expect(stateHash(resourceDomain.tables(folded))).toBe(stateHash(resourceDomain.tables(world.state)));
        assertRestores(resourceDomain, world.state);
        const rows = Object.fromEntries(
          Object.entries(resourceDomain.tables(world.state)).map(([table, entries]) => [
            table,
            structuredClone([...entries]),
          ]),
        );
        expect(plainState(resourceDomain.restore(rows))).toEqual(plainState(world.state));
      }),
      { numRuns: 150 },
    );
  });

  test('after a retry nothing waits that would fit', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const world = new World();
        for (const each of story) each(world);
        expect(
          world.command({ type: 'PlacePending', data: {} }).filter(({ type }) => type === 'ContainerAllocated'),
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('the same messages give the same log', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const [a, b] = [new World(), new World()];
        for (const each of story) each(a);
        for (const each of story) each(b);
        expect(a.log).toEqual(b.log);
      }),
      { numRuns: 50 },
    );
  });

  test('the steps reach every event that is decided today', () => {
    const seen = new Set<string>();
    for (const story of fc.sample(steps, { seed: 1, numRuns: 300 })) {
      const world = new World();
      for (const each of story) each(world);
      for (const { type } of world.log) seen.add(type);
    }
    expect([...seen].sort()).toEqual([
      'ContainerActivated',
      'ContainerAllocated',
      'ContainerReleased',
      'HostForgotten',
      'HostObserved',
      'MachineCloseRefused',
      'MachineClosed',
      'MachineEvacuated',
      'PackageCreated',
      'PlacementCancelled',
      'PlacementPending',
      'ResourceServiceDefined',
    ]);
  });
});
