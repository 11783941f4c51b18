import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changingOn, isChanging } from './data/state.ts';
import { emptyTally } from './indexes.ts';
import { documentOf, machineUid, reportOf, World } from './testing/world.fixture.ts';
import { isReady, isSettled, unitStateOf } from './unit/lifecycle.ts';
import type { UnitRow } from './unit/state.ts';

/** One thing that happens. `pick` chooses among what there is, by its remainder. */
type Step =
  | {
      readonly do: 'apply';
      readonly units: number;
      readonly size: number;
      readonly parallel: number;
      readonly take: boolean;
      readonly prune: boolean;
    }
  | { readonly do: 'scale'; readonly units: number }
  | { readonly do: 'data'; readonly pick: number; readonly change: 'purge' | 'adopt' | 'succeeded' | 'failed' }
  | { readonly do: 'config'; readonly size: number }
  | { readonly do: 'bind' | 'place-waits'; readonly pick: number }
  | { readonly do: 'report'; readonly pick: number; readonly outcome: 'succeeded' | 'failed' | 'expired' }
  | { readonly do: 'verb'; readonly pick: number; readonly verb: 'retry' | 'skip' | 'restart' | 'stop' | 'start' }
  | { readonly do: 'state'; readonly pick: number; readonly process: 'running' | 'stopped' | 'gave-up' | 'absent' }
  | { readonly do: 'journal'; readonly pick: number; readonly journal: number }
  | { readonly do: 'time'; readonly minutes: number }
  | { readonly do: 'close'; readonly pick: number }
  | { readonly do: 'destroy' };

const small = fc.nat({ max: 5 });
const pick = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('apply' as const),
      units: small,
      size: small,
      parallel: fc.integer({ min: 1, max: 4 }),
      take: fc.boolean(),
      prune: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('scale' as const), units: small }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('config' as const), size: small }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('bind' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('place-waits' as const), pick }) },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      pick,
      outcome: fc.constantFrom(
        'succeeded' as const,
        'succeeded' as const,
        'succeeded' as const,
        'failed' as const,
        'expired' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('verb' as const),
      pick,
      verb: fc.constantFrom('retry' as const, 'skip' as const, 'restart' as const, 'stop' as const, 'start' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('state' as const),
      pick,
      process: fc.constantFrom('running' as const, 'stopped' as const, 'gave-up' as const, 'absent' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('data' as const),
      pick,
      change: fc.constantFrom('purge' as const, 'adopt' as const, 'succeeded' as const, 'failed' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('journal' as const), pick, journal: fc.nat({ max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('time' as const), minutes: fc.nat({ max: 10 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('destroy' as const) }) },
);

const machines = 3;
const chosen = <T>(items: readonly T[], n: number): T | undefined => items[n % Math.max(items.length, 1)];
const unitsWhere = (world: World, test: (unit: UnitRow) => boolean): UnitRow[] =>
  [...world.state.units.values()].filter(test);

const play = (world: World, happens: Step): void => {
  switch (happens.do) {
    case 'apply': {
      const { units, size, parallel, take, prune } = happens;
      const more = { config: { maxmemory: `${size}mb` }, update: { maxParallel: parallel, minHealthy: 0 } };
      world.submit(world.applyCommand(documentOf(units, more), { take, prune }));
      return;
    }
    case 'scale':
      world.submit({ type: 'ScaleService', data: { name: 'cache/redis', units: happens.units } });
      return;
    case 'config':
      if (world.state.index.serviceByName.has('cache/redis'))
        world.submit(world.setConfig('cache/redis', { maxmemory: `${happens.size}mb` }));
      return;
    case 'bind': {
      const unit = chosen(
        unitsWhere(world, ({ binding }) => binding === null),
        happens.pick,
      );
      if (unit !== undefined) world.bind(unit.name, `m${1 + (happens.pick % machines)}`);
      return;
    }
    case 'place-waits': {
      const unit = chosen(
        unitsWhere(world, ({ binding }) => binding === null),
        happens.pick,
      );
      if (unit === undefined) return;
      world.accept({ type: 'NotePlacement', data: { unitUid: unit.uid, requestId: unit.requestId, message: 'full' } });
      return;
    }
    case 'report': {
      const unit = chosen(
        unitsWhere(world, (row) => row.step !== null),
        happens.pick,
      );
      if (unit === undefined) return;
      const orphans = unit.step?.step === 'remove' ? [{ path: `/orphans/${unit.uid}/data`, sizeBytes: 1 }] : [];
      world.report(unit, { outcome: happens.outcome, exitCode: happens.outcome === 'failed' ? 1 : null, orphans });
      return;
    }
    case 'data':
      return changeData(world, happens.change, happens.pick);
    case 'verb': {
      const unit = chosen(
        unitsWhere(world, ({ ghost }) => !ghost),
        happens.pick,
      );
      if (unit !== undefined)
        world.submit({ type: 'ChangeUnit', data: { name: unit.name, verb: happens.verb } }, { reason: 'why not' });
      return;
    }
    case 'state':
      return reportState(world, `m${1 + (happens.pick % machines)}`, happens.process);
    case 'journal': {
      const uid = machineUid(`m${1 + (happens.pick % machines)}`);
      const data = { machineUid: uid, journalId: machineUid(`m${100 + happens.journal}`) };
      if (world.state.departed.has(uid)) world.submit({ type: 'BindJournal', data });
      else world.accept({ type: 'BindJournal', data });
      return;
    }
    case 'time':
      world.now += happens.minutes * 60_000;
      world.accept({ type: 'Tick', data: { now: world.now } });
      return;
    case 'close':
      if (happens.pick === 0) world.accept({ type: 'CloseMachine', data: { machineUid: machineUid('m3') } });
      return;
    case 'destroy':
      world.submit({ type: 'DestroyGroup', data: { name: 'cache', expectedRevision: null } });
  }
};

const changeData = (world: World, change: 'purge' | 'adopt' | 'succeeded' | 'failed', pick: number): void => {
  const rows = [...world.state.data.values()];
  if (change === 'purge' || change === 'adopt') {
    const unit = chosen([...world.state.units.values()], pick)?.name ?? null;
    world.submit({ type: 'ChangeData', data: { uid: chosen(rows, pick)?.uid ?? 'none', change, unit } });
    return;
  }
  const row = chosen(rows.filter(isChanging), pick);
  if (row === undefined) return;
  const { generation, seq } = row.change;
  world.accept({
    type: 'RecordStepReport',
    data: { ...reportOf(row.machineUid, generation, seq), outcome: change },
  });
};

const reportState = (world: World, machine: string, process: 'running' | 'stopped' | 'gave-up' | 'absent'): void => {
  const uid = machineUid(machine);
  const there = process === 'absent' ? [] : unitsWhere(world, ({ binding }) => binding?.machineUid === uid);
  world.accept({
    type: 'RecordStateReport',
    data: {
      machineUid: uid,
      generation: world.state.queues.get(uid)?.generation ?? 1,
      acceptedUpTo: 10_000,
      units: there.map(({ uid: unitUid, incarnation }) => ({
        unitUid,
        incarnation,
        process: process === 'absent' ? 'stopped' : process,
        ready: process === 'running',
        message: '',
        lastSeq: 10_000,
        relationData: {},
      })),
    },
  });
};

const assertInvariants = (world: World): void => {
  const { units, queues, services, index } = world.state;
  for (const [machine, queue] of queues) {
    const waiting = queue.pending.map(({ seq, ref }) => `${'dataUid' in ref ? ref.dataUid : ref.unitUid}/${seq}`);
    const changing = changingOn(world.state, machine).map(({ uid, change }) => `${uid}/${change.seq}`);
    const outstanding = [...units.values()]
      .filter(({ binding, step: at }) => binding?.machineUid === machine && at !== null)
      .map((unit) => `${unit.uid}/${unit.step?.seq ?? 0}`);
    expect(waiting.sort()).toEqual([...outstanding, ...changing].sort());
  }
  for (const service of services.values()) {
    const own = [...units.values()].filter(({ serviceUid }) => serviceUid === service.uid);
    const named = own.filter(({ ghost }) => !ghost);
    expect(new Set(named.map(({ ordinal }) => ordinal)).size).toBe(named.length);
    const live = named.filter(({ goal }) => goal !== 'leave');
    expect(index.tallies.get(service.uid) ?? emptyTally()).toEqual({
      live: live.length,
      leaving: named.length - live.length,
      ready: live.filter(isReady).length,
      failed: live.filter(({ state }) => state === 'FAILED').length,
      settled: live.filter(isSettled).length,
      unplaced: live.filter(({ binding, placement }) => binding === null && placement === null).length,
    });
    const later = named.length - live.length;
    if (!service.removing) expect(live.length + later).toBeGreaterThanOrEqual(service.desired);
    if (!service.removing) expect(live.length).toBeLessThanOrEqual(service.desired);
  }
  for (const unit of units.values()) expect(unit.state).toBe(unitStateOf(unit));
};

/** Steps get results, deadlines pass; a person skips what holds. */
const letEnd = (world: World): void => {
  for (let round = 0; world.state.groups.size > 0; round++) {
    if (round > 500) throw new Error(`it does not end: ${JSON.stringify(world.states())}`);
    const busy = unitsWhere(world, (unit) => unit.step !== null)[0];
    if (busy !== undefined && round % 3 > 0) world.report(busy, { outcome: round % 3 === 1 ? 'succeeded' : 'failed' });
    else {
      world.now += 5 * 60_000;
      world.accept({ type: 'Tick', data: { now: world.now } });
    }
  }
  while ([...world.state.data.values()].some(isChanging)) changeData(world, 'succeeded', 0);
};

describe('whatever happens, in any order', () => {
  it('one step at a time, ordinals of one unit each, replayable, and every removal ends', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
        const world = new World();
        world.push('redis', '7.0.15');
        world.apply(documentOf(2));
        for (const happens of steps) {
          play(world, happens);
          assertInvariants(world);
        }
        world.assertDeterministic();
        world.submit({ type: 'DestroyGroup', data: { name: 'cache', expectedRevision: null } });
        letEnd(world);
        expect([...world.state.operations.values()].filter(({ state }) => state === 'running')).toEqual([]);
        expect([...world.state.units.values()].filter(({ ghost }) => !ghost)).toEqual([]);
        world.assertDeterministic();
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('a service without trouble comes to stand as asked', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), small, (steps, units) => {
        const world = new World();
        world.push('redis', '7.0.15');
        world.apply(documentOf(1));
        for (const happens of steps) if (happens.do !== 'destroy' && happens.do !== 'close') play(world, happens);
        // The second change finds all units in peace: as many go at once as the policy allows, several on one machine.
        for (const maxmemory of ['77mb', '78mb']) {
          const update = { maxParallel: 4, minHealthy: 0 };
          world.apply(documentOf(units, { config: { maxmemory }, update }), { take: true });
          for (let round = 0; round < 400; round++) mend(world);
          const there = unitsWhere(world, ({ ghost }) => !ghost);
          expect(world.states()).toEqual(Object.fromEntries(there.map(({ name }) => [name, 'RUNNING'])));
          expect(there).toHaveLength(units);
          const { revision } = [...world.state.services.values()][0]?.revisions.at(-1) ?? { revision: 0 };
          expect(there.filter(({ configRevision }) => configRevision !== revision)).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

/** One helpful thing: places what has no place, retries what failed, starts what is stopped, lets agents succeed and report. */
const mend = (world: World): void => {
  const first = (test: (unit: UnitRow) => boolean): UnitRow | undefined => unitsWhere(world, test)[0];
  const busy = first((unit) => unit.step !== null);
  if (busy !== undefined) return void world.report(busy);
  const homeless = first(({ binding }) => binding === null);
  if (homeless !== undefined) return void world.bind(homeless.name, 'm1');
  const down = first(({ ghost, state }) => !ghost && (state === 'FAILED' || state === 'STOPPED'));
  if (down !== undefined) {
    const verb = down.state === 'FAILED' ? 'retry' : 'start';
    return void world.accept({ type: 'ChangeUnit', data: { name: down.name, verb } });
  }
  world.now += 60_000;
  world.accept({ type: 'Tick', data: { now: world.now } });
  for (let n = 1; n <= machines; n++) reportState(world, `m${n}`, 'running');
};
