import { describe, expect, it } from '@jest/globals';
import { machineUid, runningWorld } from '../testing/world.fixture.ts';
import type { World } from '../testing/world.fixture.ts';
import { getUnit } from '../unit/view.ts';
import type { ReportedUnit } from './record-state-report.ts';

const name = 'cache/redis/0';

const seen = (world: World, more: Partial<ReportedUnit> = {}): ReportedUnit => {
  const { uid, incarnation, lastCommand } = world.unit(name);
  return {
    unitUid: uid,
    incarnation,
    process: 'running',
    ready: true,
    message: '',
    relationData: {},
    lastSeq: lastCommand?.seq ?? 0,
    ...more,
  };
};

const report = (
  world: World,
  units: readonly ReportedUnit[],
  more: { generation?: number; acceptedUpTo?: number } = {},
) =>
  world.accept({
    type: 'RecordStateReport',
    data: { machineUid: machineUid('m1'), generation: 1, acceptedUpTo: 1_000, units, ...more },
  });

const later = (world: World, ms = 60_000): World => {
  world.now += ms;
  return world;
};

describe('a report of what really is', () => {
  it('makes no event while all is as it should be', () => {
    const world = later(runningWorld(1));
    expect(report(world, [seen(world)])).toEqual([]);
    expect(report(world, [seen(world)])).toEqual([]);
  });

  it('changes health, once each way', () => {
    const world = later(runningWorld(1));
    expect(report(world, [seen(world, { ready: false, message: 'no answer' })])).toEqual(['UnitHealthChanged']);
    expect(report(world, [seen(world, { ready: false, message: 'no answer' })])).toEqual([]);
    expect(getUnit(world.state, name)).toMatchObject({
      state: 'DEGRADED',
      health: 'unhealthy',
      message: 'not ready: no answer',
    });
    expect(report(world, [seen(world)])).toEqual(['UnitHealthChanged']);
    expect(getUnit(world.state, name)).toMatchObject({ state: 'RUNNING', health: 'healthy', message: null });
    world.assertDeterministic();
  });

  it('starts what is stopped after a boot, and the relations after it', () => {
    const world = later(runningWorld(1));
    expect(report(world, [seen(world, { process: 'stopped', ready: false })])).toEqual([
      'UnitHealthChanged',
      'StepIssued',
    ]);
    expect(world.unit(name)).toMatchObject({ state: 'UPDATING', step: { step: 'start', reason: 'boot' } });
    world.report(world.unit(name));
    expect(world.unit(name).step).toMatchObject({ step: 'relation-changed', reason: 'boot' });
    world.settle();
    expect(world.states()).toEqual({ [name]: 'RUNNING' });
    expect(world.log.filter(({ type }) => type === 'UnitReady')).toHaveLength(1);
    world.assertDeterministic();
  });

  it('starts again what gave up, more and more slowly', () => {
    const world = later(runningWorld(1));
    const gaveUp = () => report(world, [seen(world, { process: 'gave-up', ready: false })]);
    expect(gaveUp()).toContain('StepIssued');
    world.settle();
    expect(gaveUp()).toEqual(['UnitHealthChanged']);
    later(world, 10_000);
    expect(gaveUp()).toEqual(['StepIssued']);
    expect(world.unit(name).step?.reason).toBe('retry');
    world.settle();
    later(world, 10_000);
    expect(gaveUp()).toEqual(['UnitHealthChanged']);
    later(world, 10_000);
    expect(gaveUp()).toEqual(['StepIssued']);
    expect(world.unit(name).repair.attempts).toBe(3);
    world.assertDeterministic();
  });

  it('installs again what is not there', () => {
    const world = later(runningWorld(1));
    expect(report(world, [])).toEqual(['UnitHealthChanged', 'StepIssued']);
    expect(world.unit(name)).toMatchObject({ state: 'UPDATING', step: { step: 'install', reason: 'retry' } });
    world.settle();
    expect(world.unit(name)).toMatchObject({ state: 'RUNNING', stage: 'up' });
  });

  it.each(['stopped', 'running'] as const)(
    'installs again what the agent has no record of, its process %s',
    (process) => {
      const world = later(runningWorld(1));
      expect(report(world, [seen(world, { process, ready: false, lastSeq: 0 })])).toEqual([
        'UnitHealthChanged',
        'StepIssued',
      ]);
      expect(world.unit(name)).toMatchObject({ state: 'UPDATING', step: { step: 'install', reason: 'retry' } });
      world.settle();
      expect(world.unit(name)).toMatchObject({ state: 'RUNNING', stage: 'up' });
      expect(report(runningWorld(1), [seen(world, { process, ready: false, lastSeq: 0 })])).toEqual([]);
      world.assertDeterministic();
    },
  );

  it('repairs nothing where it is older than the last command, or of another journal or incarnation', () => {
    const world = later(runningWorld(1));
    const stopped = { process: 'stopped', ready: false } as const;
    expect(report(world, [seen(world, stopped)], { acceptedUpTo: 3 })).toEqual([]);
    expect(report(world, [seen(world, { ...stopped, lastSeq: 3 })])).toEqual([]);
    expect(report(world, [seen(world, stopped)], { generation: 2 })).toEqual([]);
    expect(report(world, [seen(world, { ...stopped, incarnation: 7 })])).toEqual([]);
    const fresh = runningWorld(1);
    expect(report(fresh, [])).toEqual([]);
  });

  it('leaves a failed unit to people, and a stopped one stopped', () => {
    const world = later(runningWorld(1));
    world.accept({ type: 'ChangeUnit', data: { name, verb: 'stop' } });
    world.settle();
    later(world);
    expect(world.states()).toEqual({ [name]: 'STOPPED' });
    expect(report(world, [seen(world, { process: 'stopped', ready: false })])).toEqual([]);
    expect(report(world, [seen(world)])).toEqual(['StepIssued']);
    expect(world.unit(name).step?.step).toBe('stop');
    world.settle();
    expect(world.states()).toEqual({ [name]: 'STOPPED' });

    const failed = later(runningWorld(1));
    failed.accept({ type: 'ChangeUnit', data: { name, verb: 'restart' } });
    failed.fail(name);
    expect(report(later(failed), [seen(failed, { process: 'stopped', ready: false })])).toEqual([]);
  });
});

describe('a journal', () => {
  const bind = (world: World, journal: number) =>
    world.accept({ type: 'BindJournal', data: { machineUid: machineUid('m1'), journalId: journalOf(journal) } });
  const journalOf = (n: number) => machineUid(`m${50 + n}`);

  it('is bound once, and another one voids what was outstanding', () => {
    const world = runningWorld(1);
    expect(bind(world, 1)).toEqual(['AgentJournalBound']);
    expect(bind(world, 1)).toEqual([]);
    world.accept({ type: 'ChangeUnit', data: { name, verb: 'restart' } });
    expect(bind(world, 2)).toEqual(['OperationFinished', 'AgentJournalReset']);
    expect(world.log.at(-2)?.data).toMatchObject({ state: 'cancelled' });
    expect(world.unit(name).step).toBeNull();
    later(world);
    expect(report(world, [], { generation: 2, acceptedUpTo: 0 })).toContain('StepIssued');
    expect(world.unit(name).step).toMatchObject({ step: 'install', generation: 2, seq: 1 });
    world.settle();
    expect(world.states()).toEqual({ [name]: 'RUNNING' });
    world.assertDeterministic();
  });

  it('that is new lets what was on its way up wait for a report, and what leaves go on', () => {
    const world = runningWorld(1);
    bind(world, 1);
    world.accept({ type: 'ChangeUnit', data: { name, verb: 'stop' } });
    world.settle();
    world.accept({ type: 'ChangeUnit', data: { name, verb: 'start' } });
    bind(world, 2);
    expect(getUnit(world.state, name)).toMatchObject({
      state: 'STARTING',
      message: 'waits for the agent of m1 to report what is there',
    });
    later(world);
    report(world, [seen(world, { process: 'stopped', ready: false })], { generation: 2, acceptedUpTo: 0 });
    expect(world.unit(name).step).toMatchObject({ step: 'start', generation: 2 });
    world.accept({ type: 'DestroyGroup', data: { name: 'cache', expectedRevision: null } });
    expect(bind(world, 3)).toEqual(['AgentJournalReset', 'StepIssued']);
    world.settle();
    expect(world.state.groups.size).toBe(0);
  });
});
