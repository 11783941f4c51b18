import { describe, expect, it } from '@jest/globals';
import { documentOf, machineUid, reportOf, runningWorld, World } from '../testing/world.fixture.ts';
import { getUnit } from '../unit/view.ts';

const applied = (units: number, manifest = {}) => {
  const world = new World();
  world.push('redis', '7.0.15', manifest);
  world.apply(documentOf(units));
  return world;
};

describe('unit_deploy', () => {
  it('goes install, config-changed, start, relation-changed, ready', () => {
    const world = applied(1);
    expect(world.states()).toEqual({ 'cache/redis/0': 'PENDING' });
    expect(world.bind('cache/redis/0', 'm1')).toEqual(['UnitBound', 'StepIssued']);
    const seen: [string, string][] = [];
    for (let unit = world.unit('cache/redis/0'); unit.step !== null; unit = world.unit('cache/redis/0')) {
      seen.push([unit.step.step, unit.state]);
      world.report(unit);
    }
    expect(seen).toEqual([
      ['install', 'INSTALLING'],
      ['config-changed', 'CONFIGURING'],
      ['start', 'STARTING'],
      ['relation-changed', 'RELATING'],
    ]);
    expect(world.log.slice(-3).map(({ type }) => type)).toEqual(['StepSucceeded', 'UnitReady', 'OperationFinished']);
    expect(getUnit(world.state, 'cache/redis/0')).toMatchObject({ state: 'RUNNING', health: 'healthy', message: null });
    world.assertDeterministic();
  });

  it('stops at a failed step, says so, and goes on after a retry', () => {
    const world = applied(1);
    world.bind('cache/redis/0', 'm1');
    world.report(world.unit('cache/redis/0'));
    expect(
      world.fail('cache/redis/0', {
        output: { digest: 'a'.repeat(64), sizeBytes: 1, truncated: false, tail: 'bad line' },
      }),
    ).toEqual(['StepFailed', 'OperationFinished']);
    expect(getUnit(world.state, 'cache/redis/0')).toMatchObject({
      state: 'FAILED',
      step: 'config-changed',
      message: 'cache/redis/0: config-changed failed with exit code 3: hook said no: bad line',
    });
    world.accept({ type: 'ChangeUnit', data: { name: 'cache/redis/0', verb: 'retry' } });
    expect(world.unit('cache/redis/0')).toMatchObject({
      state: 'CONFIGURING',
      step: { step: 'config-changed', reason: 'retry' },
    });
    world.settle();
    expect(world.states()).toEqual({ 'cache/redis/0': 'RUNNING' });
    world.assertDeterministic();
  });

  it('does not start before it is known where the fellow members are', () => {
    const world = applied(2);
    world.bind('cache/redis/0', 'm1');
    world.settle();
    expect(getUnit(world.state, 'cache/redis/0')).toMatchObject({
      state: 'STARTING',
      step: null,
      message: 'waits for its member cache/redis/1 to get a machine',
    });
    world.bind('cache/redis/1', 'm2');
    expect(world.unit('cache/redis/0').step?.step).toBe('start');
    world.settle();
    expect(world.states()).toEqual({ 'cache/redis/0': 'RUNNING', 'cache/redis/1': 'RUNNING' });
  });

  it('does not wait for a member that cannot be placed', () => {
    const world = applied(2);
    world.bind('cache/redis/0', 'm1');
    world.settle();
    const { uid, requestId } = world.unit('cache/redis/1');
    const note = {
      type: 'NotePlacement',
      data: { unitUid: uid, requestId, message: 'no machine has 256 MiB free' },
    } as const;
    world.accept(note);
    expect(world.accept(note)).toEqual([]);
    world.settle();
    expect(world.states()).toEqual({ 'cache/redis/0': 'RUNNING', 'cache/redis/1': 'PENDING' });
    expect(getUnit(world.state, 'cache/redis/1')?.message).toBe('no machine has 256 MiB free');
  });

  it('waits, visibly, for what is required and not related', () => {
    const world = applied(1, { requires: [{ name: 'upstream', interface: 'redis', optional: false, limit: null }] });
    world.bind('cache/redis/0', 'm1');
    world.settle();
    expect(getUnit(world.state, 'cache/redis/0')).toMatchObject({
      state: 'STARTING',
      message: 'waits for upstream: it is not related to anything',
    });
  });

  it('issues one step at a time and takes a report once', () => {
    const world = applied(1);
    world.bind('cache/redis/0', 'm1');
    const { step } = world.unit('cache/redis/0');
    world.report(world.unit('cache/redis/0'));
    const late = reportOf(machineUid('m1'), step?.generation ?? 0, step?.seq ?? 0);
    expect(world.accept({ type: 'RecordStepReport', data: late })).toEqual([]);
    expect(world.accept({ type: 'RecordStepReport', data: { ...late, outcome: 'failed', exitCode: 1 } })).toEqual([]);
    expect(world.accept({ type: 'RecordStepReport', data: { ...late, seq: 99 } })).toEqual([]);
  });

  it('says what an expired step was', () => {
    const world = applied(1);
    world.bind('cache/redis/0', 'm1');
    world.fail('cache/redis/0', { outcome: 'expired', exitCode: null, message: '' });
    expect(world.unit('cache/redis/0').failed?.message).toBe('not begun before its deadline');
  });
});

describe('a container', () => {
  it('is declined where it answers no open request', () => {
    const world = applied(1);
    const right = world.bindCommand('cache/redis/0', 'm1');
    const declined = (data: Partial<typeof right.data>) => world.accept({ ...right, data: { ...right.data, ...data } });
    expect(declined({ incarnation: 2 })).toEqual(['ContainerDeclined']);
    expect(declined({ requestId: world.uuid() })).toEqual(['ContainerDeclined']);
    expect(declined({ unitUid: world.uuid() })).toEqual(['ContainerDeclined']);
    expect(world.accept(right)).toEqual(['UnitBound', 'StepIssued']);
    expect(world.accept(right)).toEqual([]);
    expect(declined({ uid: world.uuid() })).toEqual(['ContainerDeclined']);
  });
});

describe('a new config', () => {
  it('goes to one unit after another', () => {
    const world = runningWorld(3);
    const first = world.accept(world.setConfig('cache/redis', { maxmemory: '1mb', ratio: 0.5 }));
    expect(first).toEqual(['OperationStarted', 'DeploymentStarted', 'ConfigRevised', 'StepIssued']);
    const order: string[] = [];
    for (;;) {
      const busy = [...world.state.units.values()].filter(({ step }) => step !== null);
      const [unit] = busy;
      if (unit === undefined) break;
      expect(busy).toHaveLength(1);
      expect(unit).toMatchObject({
        state: 'UPDATING',
        step: { step: 'config-changed', reason: 'config', changed: ['maxmemory', 'ratio'] },
      });
      order.push(unit.name);
      world.report(unit);
    }
    expect(order).toEqual(['cache/redis/0', 'cache/redis/1', 'cache/redis/2']);
    expect(world.log.at(-1)).toMatchObject({ type: 'OperationFinished', data: { state: 'succeeded' } });
    world.assertDeterministic();
  });

  it('stops at the first unit that fails, and goes on when that is mended', () => {
    const world = runningWorld(3);
    world.accept(world.setConfig('cache/redis', { maxmemory: '1mb' }));
    expect(world.fail('cache/redis/0')).toEqual(['StepFailed', 'DeploymentPaused', 'OperationFinished']);
    expect(world.states()).toEqual({
      'cache/redis/0': 'FAILED',
      'cache/redis/1': 'RUNNING',
      'cache/redis/2': 'RUNNING',
    });
    world.accept(world.setConfig('cache/redis', { maxmemory: null }));
    expect([...world.state.units.values()].every(({ step }) => step === null)).toBe(true);
    world.accept({ type: 'ChangeUnit', data: { name: 'cache/redis/0', verb: 'retry' } });
    world.settle();
    expect(new Set([...world.state.units.values()].map((unit) => unit.configRevision))).toEqual(new Set([3]));
  });

  it('that is the old one changes nothing; one checked against an older revision is refused', () => {
    const world = runningWorld(1);
    expect(world.accept(world.setConfig('cache/redis', { maxmemory: null }))).toEqual([]);
    const stale = world.setConfig('cache/redis', { maxmemory: '2mb' });
    world.accept(world.setConfig('cache/redis', { maxmemory: '1mb' }));
    expect(world.refuse(stale)).toMatchObject({ kind: 'precondition', code: 'config-moved' });
  });
});
