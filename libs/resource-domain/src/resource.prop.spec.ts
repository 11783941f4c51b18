import { describe, expect, test } from '@jest/globals';
import { fold, stateHash } from '@yiqiu/kernel';
import type { EventEnvelope } from '@yiqiu/kernel';
import { assertRestores } from '@yiqiu/testing';
import fc from 'fast-check';
import { resourceDomain } from './context.ts';
import { holdsOrdinal, isLive, offeredFor } from './container/state.ts';
import type { Container } from './container/state.ts';
import {
  containerDeclined,
  evacuationCancelled,
  inventory,
  machineAdded,
  machineEvent,
  machineUid,
  port,
  small,
  unitCopyRemoved,
  unitMigrated,
  unitReady,
  unitRemoved,
  unitRemovedAs,
  unitRequested,
} from './events.fixture.ts';
import type { RequestChoice } from './events.fixture.ts';
import { asResourceEvent } from './events.ts';
import type { DataOf } from './events.ts';
import type { ResourceContextState } from './state.ts';
import { freeAfter, needOf, roughFilter, seat } from './placement/fit.ts';
import { emptyUse } from './placement/host-use.ts';
import type { PendingPlacement } from './placement/index.ts';
import { Preference } from './placement/spread.ts';
import { Tentative } from './placement/tentative.ts';
import { must } from './state.ts';
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

/** Types of the events that it led to. */
type Step = (world: World) => readonly string[];
const nothing: readonly string[] = [];

const machineNo = fc.nat({ max: machines - 1 });
const serviceNo = fc.nat({ max: choices.length - 1 });
const ordinal = fc.nat({ max: 3 });
const incarnation = fc.integer({ min: 1, max: 3 });
const noContainer = '0190a0a0-0000-7000-8000-00000000dead';

/** A container that is or was, or one made up, to speak of. */
const someContainer = (world: World, pick: number): string => {
  const uids = world.log.flatMap((event) => {
    const own = asResourceEvent(event);
    return own.type === 'ContainerAllocated' ? [own.data.uid] : [];
  });
  return uids[pick % Math.max(1, uids.length)] ?? noContainer;
};

const serviceOf = (row: Container): number => Number(row.service.slice('cache/s'.length));

/** A step about one of the rows that fit, if there is one. */
const about = (fits: (row: Container) => boolean, tell: (world: World, row: Container) => readonly string[]) =>
  fc.nat().map((pick): Step => (world) => {
    const rows = [...world.state.containers.values()].filter(fits);
    const row = rows[pick % Math.max(1, rows.length)];
    return row === undefined ? nothing : tell(world, row);
  });

const isKnown = (world: World, n: number): boolean =>
  [...world.state.hosts.values()].some(({ machine }) => machine === `m${n}`);

/** What the machine context never says of a machine that it does not have, or of one that is not empty, is left out. */
const ofKnown =
  (n: number, step: Step): Step =>
  (world) =>
    isKnown(world, n) ? step(world) : nothing;

const isEmpty = (world: World, n: number): boolean =>
  [...world.state.containers.values()].every((row) => row.machine !== `m${n}` || !isLive(row));

/** A state that a machine does not come from: the lifecycle of the machine layer, as far as containers depend on it. */
const comesFrom: { readonly [verb: string]: readonly string[] } = {
  inited: ['NEW'],
  onlined: ['INITED'],
  backedUp: ['READY'],
  fault: ['READY', 'INITED'],
  repaired: ['ERROR'],
};

const verb = (n: number, name: 'inited' | 'onlined' | 'backedUp' | 'fault' | 'repaired' | 'suspected' | 'cleared') =>
  ofKnown(n, (world) => {
    const host = world.state.hosts.get(machineUid(n));
    const from = comesFrom[name];
    if (from !== undefined && !from.includes(host?.state ?? '')) return nothing;
    return world.machine(machineEvent[name](n));
  });

/** migrate_unit comes after our word only. */
const migrated = (n: number): Step =>
  ofKnown(n, (world) =>
    world.state.hosts.get(machineUid(n))?.evacuated === true ? world.machine(machineEvent.migrated(n)) : nothing,
  );

const added =
  (n: number): Step =>
  (world) =>
    world.machine(machineAdded(n, { rack: `r${n % 2}`, labels: n === 0 ? { disk: 'ssd' } : {} }));

const machineSteps: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 1, arbitrary: machineNo.map(added) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(machineNo, fc.subarray([6_379, 7_000, 20_000, 20_001]))
      .map(([n, foreign]) =>
        ofKnown(n, (world) => world.machine(inventory(n, capacities[n] ?? capacities[0], foreign))),
      ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        machineNo,
        fc.constantFrom('inited', 'onlined', 'onlined', 'backedUp', 'fault', 'repaired', 'suspected', 'cleared'),
      )
      .map(([n, name]) => verb(n, name)),
  },
  { weight: 2, arbitrary: machineNo.map(migrated) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(machineNo, fc.nat(), fc.constantFrom('local', 'manual'))
      .map(([n, fence, how]) => ofKnown(n, (world) => world.machine(machineEvent.fenced(n, fence, { how })))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(machineNo, fc.nat({ max: 3 }))
      .map(([n, r]) => ofKnown(n, (world) => world.machine(machineEvent.offlineRequested(n, 700 + r)))),
  },
  {
    weight: 1,
    arbitrary: machineNo.map(
      (n): Step =>
        (world) =>
          isEmpty(world, n) ? world.machine(machineEvent.left(n)) : nothing,
    ),
  },
];

const isReplaced = ({ replacement }: Container): boolean => replacement !== null;

/** What the service layer says: mostly of what is, now and then of anything. */
const serviceSteps: readonly fc.WeightedArbitrary<Step>[] = [
  {
    weight: 12,
    arbitrary: fc
      .tuple(serviceNo, ordinal, incarnation, fc.option(fc.subarray([0, 1, 2, 3]), { freq: 3, nil: [] }))
      .map(([s, o, i, together]): Step => (world) => {
        const others = together.filter((other) => other !== o);
        const choice = { ...choiceOf(s, i), ...(others.length === 0 ? {} : { with: others }) };
        return world.service(unitRequested(s, o, choice));
      }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(serviceNo, ordinal, incarnation, fc.nat()).map(
      ([s, o, i, pick]): Step =>
        (world) =>
          world.service(unitReady(s, o, someContainer(world, pick), i)),
    ),
  },
  {
    weight: 3,
    arbitrary: about(
      () => true,
      (world, row) => world.service(unitReady(serviceOf(row), row.ordinal, row.uid, row.incarnation)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(serviceNo, ordinal, incarnation, fc.option(fc.nat())).map(
      ([s, o, i, pick]): Step =>
        (world) =>
          world.service(unitRemoved(s, o, pick === null ? null : someContainer(world, pick), i)),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.boolean().chain((confirmed) =>
      about(
        (row) => !isOffered(row),
        (world, row) => world.service(unitRemovedAs(serviceOf(row), row.ordinal, row.uid, confirmed, row.incarnation)),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: about(
      (row) => row.state === 'ALLOCATED',
      (world, row) => {
        const declined = containerDeclined(serviceOf(row), row.ordinal, row.uid);
        return world.service({ ...declined, data: { ...declined.data, requestId: row.requestId } } as typeof declined);
      },
    ),
  },
  {
    weight: 5,
    arbitrary: about(isReplaced, (world, row) =>
      world.service(unitMigrated(serviceOf(row), row.ordinal, row.uid, row.replacement ?? noContainer)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(serviceNo, ordinal, fc.nat(), fc.nat()).map(
      ([s, o, from, to]): Step =>
        (world) =>
          world.service(unitMigrated(s, o, someContainer(world, from), someContainer(world, to))),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constantFrom('waits', 'waits', 'retry'), fc.boolean()).chain(([then, named]) =>
      about(
        ({ state }) => state === 'EVACUATING' || state === 'WAITING',
        (world, row) =>
          world.service(
            evacuationCancelled(serviceOf(row), row.ordinal, row.uid, named ? row.replacement : null, then),
          ),
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: about(
      ({ state }) => state === 'RELEASING',
      (world, row) => world.service(unitCopyRemoved(serviceOf(row), row.ordinal, row.uid, row.incarnation)),
    ),
  },
];
const isOffered = ({ replaces, state }: Container): boolean => replaces !== null && state === 'ALLOCATED';

const ownSteps: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 1, arbitrary: fc.constant<Step>((world) => world.command(small).map(({ type }) => type)) },
  { weight: 2, arbitrary: fc.constant<Step>((world) => world.tick()) },
];

const step: fc.Arbitrary<Step> = fc.oneof(...machineSteps, ...serviceSteps, ...ownSteps);

/** A machine that is READY and has told its capacity. */
const ready = (n: number): readonly Step[] => [
  added(n),
  (world) => world.machine(inventory(n, capacities[n] ?? capacities[0])),
  verb(n, 'inited'),
  verb(n, 'onlined'),
];

/** Most stories begin where containers can be placed; some with nothing. */
const steps: fc.Arbitrary<Step[]> = fc
  .tuple(fc.subarray([0, 1, 2, 3]), fc.boolean(), fc.array(step, { maxLength: 60, size: 'max' }))
  .map(([readyOnes, withPackage, story]) => [
    ...readyOnes.flatMap(ready),
    ...(withPackage ? [(world: World) => world.command(small).map(({ type }) => type)] : []),
    ...story,
  ]);

/** Whether a container has its place on its machine: one bound again there has taken it over from the one it replaces. */
const hasPlace = (state: ResourceContextState, row: Container): boolean => {
  const replacement = row.replacement === null ? undefined : state.containers.get(row.replacement);
  return replacement?.machineUid !== row.machineUid;
};

/** Looked at before an event is folded: what an allocation finds, and what a release rests on. */
const checkEvent = (envelope: EventEnvelope, state: ResourceContextState): void => {
  const event = asResourceEvent(envelope);
  if (event.type === 'ContainerAllocated') checkAllocation(event.data, state);
  if (event.type !== 'ContainerReleased') return;
  const row = state.containers.get(event.data.uid);
  const proof = { removed: null, declined: null, fenced: 'local', 'declared-dead': 'manual' }[event.data.how];
  if (proof !== null) expect(row?.fenced).toBe(proof);
};

const checkAllocation = (data: DataOf<'ContainerAllocated'>, state: ResourceContextState): void => {
  const host = state.hosts.get(data.machineUid);
  expect(host).toMatchObject({ state: 'READY', suspect: false });
  const there = [...state.containers.values()].filter(
    (row) =>
      row.machineUid === data.machineUid &&
      hasPlace(state, row) &&
      !(row.uid === data.replaces && row.home === data.home),
  );
  for (const field of ['cpuMilli', 'memoryMiB', 'diskMiB'] as const) {
    const taken = there.reduce((sum, { resources }) => sum + resources[field], data.resources[field]);
    expect(taken).toBeLessThanOrEqual(host?.capacity?.[field] ?? 0);
  }
  for (const number of Object.values(data.ports)) expect(host?.foreignPorts).not.toContain(number);
  const held = [...state.containers.values()].filter(
    (row) => row.serviceUid === data.serviceUid && row.ordinal === data.ordinal && holdsOrdinal(row),
  );
  expect(held.filter(({ uid }) => uid !== data.replaces)).toEqual([]);
  const before = [...state.containers.values()].filter(({ unitUid }) => unitUid === data.unitUid);
  for (const row of before) expect(row.incarnation).toBeLessThan(data.incarnation);
  const old = state.containers.get(data.replaces ?? '');
  const isBoundAgain = old?.machineUid === data.machineUid && old.home === data.home;
  if (!isBoundAgain) expect(data).toMatchObject(bestByScan(data, state));
};

/** Where a container belongs, by a look at every machine. */
const bestByScan = (data: DataOf<'ContainerAllocated'>, state: ResourceContextState): object => {
  const definition = must(state.services.get(data.serviceUid), 'its service');
  const need = needOf({ ...data, ...definition }, data.resources);
  const preference = new Preference(new Tentative(state), data.serviceUid, definition.placement);
  const fits = [...state.hosts.values()].flatMap((host) => {
    const use = state.uses.get(host.machineUid) ?? emptyUse();
    const seated = roughFilter(host, use, need) === null ? seat(host, use, need) : 'rough';
    return typeof seated === 'string' ? [] : [{ host, freeAfter: freeAfter(host, use, need), seated }];
  });
  const [best] = fits.sort((a, b) => preference.compare(a, b));
  return { machineUid: best?.host.machineUid, ...best?.seated };
};

/** At most one holds an ordinal, save one that is evacuated beside its named replacement. */
const checkOrdinals = (rows: readonly Container[]): void => {
  const holders = new Map<string, Container[]>();
  for (const row of rows.filter(holdsOrdinal)) {
    const key = `${row.serviceUid} ${row.ordinal}`;
    holders.set(key, [...(holders.get(key) ?? []), row]);
  }
  for (const [first, second, third] of holders.values()) {
    expect(third).toBeUndefined();
    if (first === undefined || second === undefined) continue;
    const old = first.replacement === second.uid ? first : second;
    const replacement = old === first ? second : first;
    expect(old).toMatchObject({ state: 'EVACUATING', replacement: replacement.uid });
    expect(replacement.replaces).toBe(old.uid);
  }
};

const checkTotals = (state: ResourceContextState, rows: readonly Container[]): void => {
  for (const field of ['cpuMilli', 'memoryMiB', 'diskMiB'] as const) {
    const parts = rows.filter((row) => hasPlace(state, row)).reduce((sum, { resources }) => sum + resources[field], 0);
    const totals = [...state.uses.values()].reduce((sum, { allocated }) => sum + allocated[field], 0);
    expect(totals).toBe(parts);
  }
};

/** Its machine has to stay for it, though nothing is offered to it now, and nothing later by the clock. */
const isStuck = (state: ResourceContextState, row: Container): boolean =>
  row.state === 'EVACUATING' &&
  row.replacement === null &&
  row.notBefore === null &&
  offeredFor(state, row) === undefined;

/** Holds at any moment, whatever came. */
const checkState = (state: ResourceContextState): void => {
  const rows = [...state.containers.values()];
  const key = (parts: readonly (string | number)[]): string => parts.join(' ');
  const unique = (keys: readonly string[]): void => expect(new Set(keys).size).toBe(keys.length);
  const placed = rows.filter((row) => hasPlace(state, row));
  unique(placed.flatMap(({ machineUid, ports }) => Object.values(ports).map((number) => key([machineUid, number]))));
  unique(placed.map(({ machineUid, home }) => key([machineUid, home])));
  unique([...rows, ...state.pending.values()].map(({ requestId }) => requestId));
  checkOrdinals(rows);
  checkTotals(state, rows);
  for (const row of rows) {
    if (row.state === 'WAITING') expect(row.fenced).not.toBeNull();
    if (row.state === 'RELEASING') expect(row.fenced).toBeNull();
    if (isStuck(state, row)) expect(row).toMatchObject({ fenced: null });
    if (row.replacement !== null) expect(state.containers.get(row.replacement)?.replaces).toBe(row.uid);
  }
  const wanted = new Set(
    [...rows, ...[...state.pending.values()].filter((row) => row.package !== 'absent')].map((row) => row.serviceUid),
  );
  const definable = [...state.pending.values()].some((row) => row.package === 'small') && state.packages.size === 0;
  if (!definable) expect(new Set(state.services.keys())).toEqual(wanted);
  for (const host of state.hosts.values()) {
    if (host.state !== 'ERROR_DETECTED') continue;
    const there = rows.filter(({ machineUid }) => machineUid === host.machineUid);
    expect(host.evacuated).toBe(!there.some(isLive));
    for (const row of there) expect(['EVACUATING', 'RELEASING', 'WAITING']).toContain(row.state);
  }
};

/** Of what waited together none goes on waiting when another of it has got its place. */
const checkTogether = (before: readonly PendingPlacement[], state: ResourceContextState): void => {
  const placed = new Set(
    before.filter(({ requestId }) => state.containerByRequest.has(requestId)).map(({ batch }) => batch),
  );
  placed.delete(undefined);
  for (const { batch, requestId } of before) if (state.pending.has(requestId)) expect(placed).not.toContain(batch);
};

const plainState = (state: ResourceContextState): unknown => ({
  ...Object.fromEntries(
    Object.entries(state).flatMap(([name, part]) =>
      part instanceof Map || part instanceof Set
        ? [[name, [...part.entries()].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))]]
        : [],
    ),
  ),
});

describe('context resource, under any order of messages', () => {
  test('keeps its invariants after each event and each message', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const world = new World();
        world.onEvent = checkEvent;
        for (const each of story) {
          const waited = [...world.state.pending.values()];
          each(world);
          checkState(world.state);
          checkTogether(waited, world.state);
        }
      }),
      { numRuns: 100 },
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
      { numRuns: 80 },
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
      { numRuns: 150 },
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
      { numRuns: 30 },
    );
  });

  test('what is told again at once leads to nothing more', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const world = new World();
        for (const each of story) {
          each(world);
          // A request for offline is answered each time it is refused.
          const again = world.again().filter((type) => type !== 'MachineCloseRefused');
          expect(again).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('an evacuation ends: where units take what they are offered, and machines are fenced, each faulty machine is evacuated', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const world = new World();
        for (const each of story) each(world);
        for (let round = 0; round < 5; round++) {
          for (const row of [...world.state.containers.values()]) {
            const now = world.state.containers.get(row.uid);
            if (now?.state !== 'EVACUATING') continue;
            const { replacement, uid, ordinal: o } = now;
            if (replacement === null) world.tick();
            else world.service(unitMigrated(serviceOf(now), o, uid, replacement));
          }
          for (const host of [...world.state.hosts.values()]) {
            if (host.state !== 'ERROR_DETECTED') continue;
            const n = Number(host.machine.slice(1));
            world.machine(machineEvent.fenced(n, 1_000_000 + round));
          }
        }
        const open = [...world.state.hosts.values()].filter(
          ({ state, evacuated }) => state === 'ERROR_DETECTED' && !evacuated,
        );
        expect(open).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  test('the steps reach every event that is decided today', () => {
    const seen = new Set<string>();
    for (const story of fc.sample(steps, { seed: 1, numRuns: 250 })) {
      const world = new World();
      for (const each of story) each(world);
      for (const { type } of world.log) seen.add(type);
    }
    expect([...seen].sort()).toEqual([
      'ContainerActivated',
      'ContainerAllocated',
      'ContainerEvacuating',
      'ContainerReleased',
      'ContainerReleasing',
      'ContainerWaiting',
      'EvacuationHeld',
      'HostFenced',
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
