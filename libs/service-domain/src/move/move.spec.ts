import { describe, expect, it } from '@jest/globals';
import { machineUid, runningWorld } from '../testing/world.fixture.ts';
import type { World } from '../testing/world.fixture.ts';
import { getUnit } from '../unit/view.ts';
import type { OfferReplacement } from './offer.ts';

const name = 'cache/redis/0';
const data = (onLoss: string) => ({ data: [{ name: 'data', path: 'data', onLoss }], fencing: 'verified' });

const offer = (world: World, machine: string, more: Partial<OfferReplacement['data']> = {}): OfferReplacement => {
  const { incarnation, binding } = world.unit(name);
  const { data: base } = world.bindCommand(name, machine);
  const replaces = binding?.container ?? null;
  return {
    type: 'OfferReplacement',
    data: { ...base, requestId: world.uuid(), incarnation: incarnation + 1, replaces, ...more },
  };
};

const fence = (world: World, machine: string): string[] =>
  world.accept({ type: 'RecordFence', data: { machineUid: machineUid(machine), how: 'local', only: null } });

const stateReport = (
  world: World,
  machine: string,
  units: { unitUid: string; incarnation: number; process?: 'running' | 'stopped' }[],
): string[] =>
  world.accept({
    type: 'RecordStateReport',
    data: {
      machineUid: machineUid(machine),
      generation: 1,
      acceptedUpTo: 1_000,
      units: units.map((unit) => ({
        process: 'running' as const,
        ...unit,
        ready: true,
        message: '',
        lastSeq: 1_000,
        relationData: {},
      })),
    },
  });

describe('a unit whose machine is lost', () => {
  it('moves at once where two copies do no harm, and the old one goes when the new one serves', () => {
    const world = runningWorld(2);
    const { uid } = world.unit(name);
    expect(world.accept(offer(world, 'm5'))).toEqual(expect.arrayContaining(['ReplacementOffered', 'UnitMigrated']));
    expect(world.unit(name)).toMatchObject({ incarnation: 2, state: 'INSTALLING', cause: 'migrate', uid });
    world.now += 60_000;
    expect(stateReport(world, 'm1', [{ unitUid: uid, incarnation: 1 }])).toEqual([]);
    world.settle();
    expect(world.unit(name).state).toBe('RUNNING');
    world.now += 60_000;
    expect(stateReport(world, 'm1', [{ unitUid: uid, incarnation: 1 }])).toEqual(['StepIssued']);
    world.settle();
    expect(world.log.at(-1)).toMatchObject({ type: 'UnitCopyRemoved', data: { uid, incarnation: 1 } });
    world.assertDeterministic();
  });

  it('with data moves when it is fenced, whatever was with its agent, and its data there is listed as stale', () => {
    const world = runningWorld(2, data('rebuild'));
    const { uid } = world.unit(name);
    world.accept(offer(world, 'm5'));
    expect(world.unit(name)).toMatchObject({
      state: 'MIGRATING',
      incarnation: 1,
      step: { step: 'stop', reason: 'migrate' },
    });
    expect(fence(world, 'm1')).toEqual(expect.arrayContaining(['UnitFenced', 'UnitMigrated']));
    expect(world.unit(name)).toMatchObject({ incarnation: 2, state: 'INSTALLING' });
    expect(world.state.queues.get(machineUid('m1'))?.pending).toEqual([]);
    world.settle();
    world.now += 60_000;
    stateReport(world, 'm1', [{ unitUid: uid, incarnation: 1 }]);
    const copy = [...world.state.units.values()].find((unit) => unit.copy);
    if (copy === undefined) throw new Error('no copy');
    world.report(copy);
    world.report(copy, { orphans: [{ path: 'orphans/cache.redis.0.1/data', sizeBytes: 9 }] });
    expect([...world.state.data.values()]).toMatchObject([
      { kind: 'stale', incarnation: 1, unit: name, machine: 'm1' },
    ]);
    world.assertDeterministic();
  });

  it('with data moves when its agent has stopped it', () => {
    const world = runningWorld(2, data('rebuild'));
    world.accept(offer(world, 'm5'));
    expect(world.report(world.unit(name))).toEqual(expect.arrayContaining(['StepSucceeded', 'UnitMigrated']));
    expect(world.unit(name)).toMatchObject({ incarnation: 2, state: 'INSTALLING' });
  });

  it('with data moves when its agent is back after a fault and says that it does not run', () => {
    const world = runningWorld(2, data('rebuild'));
    const { uid } = world.unit(name);
    world.accept(offer(world, 'm5'));
    world.fail(name, { outcome: 'expired', exitCode: null });
    expect(world.unit(name)).toMatchObject({ state: 'FAILED', incarnation: 1 });
    world.now += 60_000;
    const stopped = { unitUid: uid, incarnation: 1, process: 'stopped' as const };
    expect(stateReport(world, 'm1', [stopped])).toEqual(expect.arrayContaining(['UnitFenced', 'UnitMigrated']));
    expect(world.unit(name)).toMatchObject({ state: 'INSTALLING', incarnation: 2 });
  });

  it('with data is asked to stop again where its agent is back and it runs', () => {
    const world = runningWorld(2, data('rebuild'));
    const { uid } = world.unit(name);
    world.accept(offer(world, 'm5'));
    world.fail(name, { outcome: 'expired', exitCode: null });
    world.now += 60_000;
    expect(stateReport(world, 'm1', [{ unitUid: uid, incarnation: 1 }])).toEqual(['StepIssued']);
    expect(world.report(world.unit(name))).toContain('UnitMigrated');
  });

  it('waits for its machine where its data is not to be made anew, and comes up there again', () => {
    const world = runningWorld(2, data('wait'));
    expect(world.accept(offer(world, 'm5'))).toEqual(['EvacuationCancelled']);
    expect(world.unit(name).state).toBe('RUNNING');
    fence(world, 'm1');
    expect(world.unit(name)).toMatchObject({ state: 'MIGRATING', incarnation: 1 });
    expect(world.accept(offer(world, 'm1'))).toEqual(expect.arrayContaining(['ReplacementOffered', 'UnitMigrated']));
    expect(world.unit(name)).toMatchObject({ incarnation: 2, state: 'INSTALLING' });
    expect([...world.state.units.values()].filter(({ ghost }) => ghost)).toEqual([]);
    world.settle();
    expect(world.unit(name).state).toBe('RUNNING');
    world.assertDeterministic();
  });

  it('says what it waits for while there is no room, once, and comes up where there is some first', () => {
    const world = runningWorld(2, data('rebuild'));
    const { uid: unitUid, binding } = world.unit(name);
    const note = (message: string): string[] =>
      world.accept({ type: 'NoteEvacuation', data: { container: binding?.container ?? '', unitUid, message } });
    fence(world, 'm1');
    expect(note('waits for room')).toEqual(['UnitPlacementWaits']);
    expect(note('waits for room')).toEqual([]);
    expect(getUnit(world.state, name)).toMatchObject({ state: 'MIGRATING', message: 'waits for room' });
    expect(note('waits for room: its machine has left')).toEqual(['UnitPlacementWaits']);
    world.accept({ type: 'CloseMachine', data: { machineUid: machineUid('m1') } });
    expect(world.accept(offer(world, 'm5'))).toEqual(expect.arrayContaining(['ReplacementOffered', 'UnitMigrated']));
    world.settle();
    expect(world.unit(name)).toMatchObject({ state: 'RUNNING', incarnation: 2 });
    // Nobody can be asked for the old copy any more.
    expect([...world.state.units.values()].filter(({ ghost }) => ghost)).toEqual([]);
    world.assertDeterministic();
  });

  it('that says so with data that is not to be made anew waits for its machine alone', () => {
    const world = runningWorld(2, data('wait'));
    const { uid: unitUid, binding } = world.unit(name);
    const note = (): string[] =>
      world.accept({
        type: 'NoteEvacuation',
        data: { container: binding?.container ?? '', unitUid, message: 'waits for room' },
      });
    fence(world, 'm1');
    expect(note()).toEqual(['EvacuationCancelled']);
    expect(note()).toEqual([]);
    world.assertDeterministic();
  });

  it('does not begin in a home that still holds a copy of another: that is cleared first, at once', () => {
    const world = runningWorld(2, data('rebuild'));
    const { uid } = world.unit(name);
    world.accept(offer(world, 'm5'));
    fence(world, 'm1');
    world.settle();
    // The other unit moves to the machine that is back, into the same home.
    const other = 'cache/redis/1';
    const { incarnation, binding, uid: otherUid } = world.unit(other);
    const base = world.bindCommand(other, 'm1').data;
    const replaces = binding?.container ?? null;
    const offered = { ...base, requestId: world.uuid(), incarnation: incarnation + 1, replaces, unitUid: otherUid };
    world.accept({ type: 'OfferReplacement', data: offered });
    fence(world, 'm2');
    expect(world.unit(other)).toMatchObject({ state: 'ALLOCATED', step: null, incarnation: 2 });
    expect(getUnit(world.state, other)?.message).toMatch(/left of cache\/redis\/0/);
    expect(stateReport(world, 'm1', [{ unitUid: uid, incarnation: 1 }])).toContain('StepIssued');
    world.settle();
    expect(world.unit(other).state).toBe('RUNNING');
    world.assertDeterministic();
  });

  it('declines what answers nothing of now, twice the same is once, and a place that is gone is forgotten', () => {
    const world = runningWorld(2, data('rebuild'));
    expect(world.accept(offer(world, 'm5', { replaces: world.uuid() }))).toEqual(['ContainerDeclined']);
    expect(world.accept(offer(world, 'm5', { incarnation: 1 }))).toEqual(['ContainerDeclined']);
    const right = offer(world, 'm5');
    world.accept(right);
    expect(world.accept(right)).toEqual([]);
    expect(world.accept(offer(world, 'm6'))).toEqual(['ContainerDeclined']);
    const { uid: container, unitUid } = right.data;
    expect(world.accept({ type: 'WithdrawOffer', data: { container, unitUid } })[0]).toBe('OfferWithdrawn');
    expect(world.unit(name).offer).toBeNull();
  });

  it('is nobody’s any more for its requirers and is not started where it was', () => {
    const world = runningWorld(2, data('rebuild'));
    const { uid } = world.unit(name);
    fence(world, 'm1');
    world.now += 60_000;
    expect(stateReport(world, 'm1', [{ unitUid: uid, incarnation: 1 }])).toEqual([]);
    expect(world.unit(name)).toMatchObject({ state: 'MIGRATING', step: null });
    expect(fence(world, 'm1')).toEqual([]);
  });
});
