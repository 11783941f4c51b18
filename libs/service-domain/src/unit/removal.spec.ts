import { describe, expect, it } from '@jest/globals';
import { removalStartMs } from '../deploy/budget.ts';
import { listData } from '../data/view.ts';
import { getOperation } from '../operation/view.ts';
import { documentOf, machineUid, reportOf, operationOf, runningWorld, World } from '../testing/world.fixture.ts';

const destroy = { type: 'DestroyGroup', data: { name: 'cache', expectedRevision: null } } as const;
const scale = (units: number) => ({ type: 'ScaleService', data: { name: 'cache/redis', units } }) as const;
const minutes = 60_000;

/** Lets time pass in the steps in which deadlines fall due. */
const passTime = (world: World, ms: number): string[] => {
  const until = world.now + ms;
  const types: string[] = [];
  for (;;) {
    const next = [...world.state.units.values()].flatMap(({ deadline }) => deadline ?? []).sort((a, b) => a - b)[0];
    if (next === undefined || next > until) break;
    world.now = Math.max(world.now, next);
    types.push(...world.accept({ type: 'Tick', data: { now: world.now } }));
  }
  world.now = until;
  return types;
};

describe('scaling in', () => {
  it('removes the highest ordinals, stop and then remove, and keeps their data', () => {
    const world = runningWorld(3);
    expect(world.accept(scale(1))).toEqual([
      'OperationStarted',
      'ServiceScaled',
      'UnitLeaving',
      'UnitLeaving',
      'StepIssued',
      'StepIssued',
      // The one that stays is told who its members are.
      'StepIssued',
    ]);
    expect(world.unit('cache/redis/0').step).toMatchObject({
      step: 'config-changed',
      reason: 'members',
      changed: ['0'],
    });
    expect(world.states()).toEqual({
      'cache/redis/0': 'RUNNING',
      'cache/redis/1': 'STOPPING',
      'cache/redis/2': 'STOPPING',
    });
    const two = world.unit('cache/redis/2');
    expect(two.step).toMatchObject({ step: 'stop', reason: 'scale-in' });
    world.report(two);
    expect(world.unit('cache/redis/2').state).toBe('REMOVING');
    const types = world.report(two, { orphans: [{ path: 'orphans/cache.redis.2.1/data', sizeBytes: 7 }] });
    expect(types).toEqual(['StepSucceeded', 'DataOrphaned', 'UnitRemoved']);
    expect(listData(world.state, {}).items).toMatchObject([{ unit: 'cache/redis/2', kind: 'orphaned', machine: 'm3' }]);
    world.settle();
    expect(Object.keys(world.states())).toEqual(['cache/redis/0']);
    expect(world.log.at(-1)).toMatchObject({ type: 'OperationFinished', data: { state: 'succeeded' } });
    world.assertDeterministic();
  });

  it('gives ordinals again, with another uid and a higher incarnation', () => {
    const world = runningWorld(2);
    const { uid } = world.unit('cache/redis/1');
    world.accept(scale(1));
    world.settle();
    world.accept(scale(2));
    expect(world.unit('cache/redis/1')).toMatchObject({ incarnation: 2, state: 'PENDING' });
    expect(world.unit('cache/redis/1').uid).not.toBe(uid);
  });

  it('waits for an ordinal that is still on its way out', () => {
    const world = runningWorld(2);
    world.accept(scale(1));
    expect(world.accept(scale(2)).includes('UnitRequested')).toBe(false);
    world.settle();
    expect(world.unit('cache/redis/1')).toMatchObject({ state: 'PENDING', incarnation: 2 });
    world.assertDeterministic();
  });

  it('cancels at once what was never placed', () => {
    const world = new World();
    world.push('redis', '7.0.15');
    world.apply(documentOf(2));
    expect(world.accept(scale(0))).toEqual([
      'OperationStarted',
      'ServiceScaled',
      'UnitLeaving',
      'UnitRemoved',
      'UnitLeaving',
      'UnitRemoved',
      'OperationFinished',
      'OperationFinished',
    ]);
    expect(world.log.filter(({ type }) => type === 'UnitRemoved').map(({ data }) => data['container'])).toEqual([
      null,
      null,
    ]);
  });
});

describe('a removal always ends', () => {
  it('with steps that fail', () => {
    const world = runningWorld(1);
    world.accept(destroy);
    expect(world.fail('cache/redis/0')).toEqual(['StepFailed', 'StepIssued']);
    expect(world.fail('cache/redis/0')).toEqual([
      'StepFailed',
      'UnitRemoved',
      'ServiceRemoved',
      'GroupRemoved',
      'OperationFinished',
    ]);
    world.assertDeterministic();
  });

  it('of a unit that had failed, or is at work', () => {
    const world = new World();
    world.push('redis', '7.0.15');
    world.apply(documentOf(2));
    world.bind('cache/redis/0', 'm1');
    world.bind('cache/redis/1', 'm2');
    world.fail('cache/redis/0');
    world.accept(destroy);
    expect(world.unit('cache/redis/0').step?.step).toBe('stop');
    expect(world.unit('cache/redis/1').step?.step).toBe('install');
    world.settle();
    expect(world.state.groups.size).toBe(0);
  });

  it('on a machine that is silent, and says what was skipped', () => {
    const world = runningWorld(1, { data: [{ name: 'data', path: 'data', onLoss: 'rebuild' }] });
    const operation = operationOf(world.submit(destroy).answer);
    expect(passTime(world, 30 * minutes)).toEqual([
      'StepFailed',
      'StepIssued',
      'StepFailed',
      'UnitRemoved',
      'ServiceRemoved',
      'GroupRemoved',
      'OperationFinished',
    ]);
    expect(getOperation(world.state, operation)).toMatchObject({ state: 'succeeded', progress: { done: 1, total: 1 } });
    expect(listData(world.state, {}).items).toMatchObject([{ kind: 'stale', machine: 'm1', path: 'redis_6379/data' }]);
    world.assertDeterministic();
  });

  it('of a unit that was at work on a machine that is silent', () => {
    const world = new World();
    world.push('redis', '7.0.15');
    world.apply(documentOf(1));
    world.bind('cache/redis/0', 'm1');
    world.accept(destroy);
    const types = passTime(world, 30 * minutes);
    expect(types.filter((type) => type === 'StepFailed')).toHaveLength(3);
    expect(types).toContain('GroupRemoved');
  });

  it('holds where a hook guards data, until a person skips it', () => {
    const hold = { hooks: { stop: { timeoutMs: 1_000, retries: 0, user: 'root', onDeadline: 'hold' } } };
    const world = runningWorld(1, hold);
    world.accept(destroy);
    expect(passTime(world, removalStartMs * 30)).toEqual(['StepFailed']);
    expect(world.unit('cache/redis/0')).toMatchObject({ state: 'FAILED', goal: 'leave' });
    const skip = { type: 'ChangeUnit', data: { name: 'cache/redis/0', verb: 'skip' } } as const;
    expect(world.refuse(skip).code).toBe('skip-needs-reason');
    expect(world.refuse({ ...skip, data: { ...skip.data, verb: 'stop' } })).toMatchObject({
      possible: ['retry', 'skip'],
    });
    world.accept(skip, { reason: 'the data is elsewhere' });
    world.settle();
    expect(world.state.groups.size).toBe(0);
  });
});

describe('what a silent machine still holds', () => {
  const haunted = (): { world: World; uid: string } => {
    const world = runningWorld(2);
    const { uid } = world.unit('cache/redis/1');
    world.accept(scale(1));
    passTime(world, 30 * minutes);
    expect(world.states()).toEqual({ 'cache/redis/0': 'RUNNING' });
    return { world, uid };
  };
  const stateReport = (uid: string | null) =>
    ({
      type: 'RecordStateReport',
      data: {
        machineUid: machineUid('m2'),
        generation: 1,
        acceptedUpTo: 6,
        units:
          uid === null
            ? []
            : [
                {
                  unitUid: uid,
                  incarnation: 1,
                  process: 'running' as const,
                  ready: true,
                  message: '',
                  lastSeq: 4,
                  relationData: {},
                },
              ],
      },
    }) as const;

  it('is stopped and removed when it is back, and its ordinal is not given before', () => {
    const { world, uid } = haunted();
    world.accept(scale(2));
    expect(Object.keys(world.states())).toEqual(['cache/redis/0', 'cache/redis/2']);
    expect(world.accept(stateReport(uid))).toEqual(['StepIssued']);
    expect(world.accept(stateReport(uid))).toEqual([]);
    const ghost = () => world.state.units.get(uid);
    expect(ghost()?.step).toMatchObject({ step: 'stop', seq: 7 });
    const report = (seq: number) =>
      world.accept({ type: 'RecordStepReport', data: reportOf(machineUid('m2'), 1, seq) });
    expect(report(7)).toEqual(['StepSucceeded', 'StepIssued']);
    expect(report(8)).toEqual(['StepSucceeded', 'UnitCopyRemoved']);
    expect(ghost()).toBeUndefined();
    world.assertDeterministic();
  });

  it('is forgotten when nothing of it is there, or its late report comes', () => {
    const { world, uid } = haunted();
    expect(world.accept(stateReport(null))).toEqual(['StepSucceeded', 'UnitCopyRemoved']);
    expect(world.state.units.get(uid)).toBeUndefined();

    const other = haunted();
    const late = { ...reportOf(machineUid('m2'), 1, 6), orphans: [{ path: 'orphans/x', sizeBytes: 1 }] };
    expect(other.world.accept({ type: 'RecordStepReport', data: late })).toEqual([
      'StepSucceeded',
      'DataOrphaned',
      'UnitCopyRemoved',
    ]);
    expect(other.world.state.units.get(other.uid)).toBeUndefined();
    other.world.assertDeterministic();
  });

  it('is forgotten with its machine', () => {
    const { world, uid } = haunted();
    expect(world.accept({ type: 'CloseMachine', data: { machineUid: machineUid('m2') } })).toEqual([
      'AgentQueueClosed',
    ]);
    expect(world.state.units.get(uid)).toBeUndefined();
    expect(world.accept({ type: 'CloseMachine', data: { machineUid: machineUid('m2') } })).toEqual([]);
    world.assertDeterministic();
  });
});

describe('a machine that has left', () => {
  it('ends what was leaving there', () => {
    const world = runningWorld(1);
    world.accept(destroy);
    const types = world.accept({ type: 'CloseMachine', data: { machineUid: machineUid('m1') } });
    expect(types).toEqual(['UnitRemoved', 'AgentQueueClosed', 'ServiceRemoved', 'GroupRemoved', 'OperationFinished']);
    expect(world.state.units.size).toBe(0);
    world.assertDeterministic();
  });
});
