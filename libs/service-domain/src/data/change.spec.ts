import { beforeEach, describe, expect, it } from '@jest/globals';
import { testUuid } from '@yiqiu/testing';
import { getOperation } from '../operation/view.ts';
import { payloadOf } from '../agent/payload.ts';
import { documentOf, machineUid, operationOf, reportOf, runningWorld, type World } from '../testing/world.fixture.ts';
import type { DataRow } from './state.ts';
import { dataMachines, listData } from './view.ts';

const data = [{ name: 'data', path: 'data', onLoss: 'rebuild' }];

describe('data that no unit uses', () => {
  let world: World;
  let row: DataRow;

  /** Two units run; a third left its data on m3, where the agent has done three steps of the way up and two of the way down. */
  beforeEach(() => {
    world = runningWorld(3, { data });
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 2 } });
    world.report(world.unit('cache/redis/2'));
    const orphans = [{ path: '/root/orphans/cache.redis.2.1/data', sizeBytes: 7 }];
    world.report(world.unit('cache/redis/2'), { orphans });
    world.settle();
    const [found] = world.state.data.values();
    if (found === undefined) throw new Error('nothing was orphaned');
    row = found;
  });

  const change = (kind: 'purge' | 'adopt', unit: string | null = null) =>
    ({ type: 'ChangeData', data: { uid: row.uid, change: kind, unit } }) as const;
  const place = () => {
    const { change: now } = row;
    if (now === null) throw new Error('nothing was asked for');
    return now;
  };
  const report = (more: object = {}) =>
    world.accept({
      type: 'RecordStepReport',
      data: { ...reportOf(row.machineUid, place().generation, place().seq), ...more },
    });
  const payload = () => {
    const queue = world.state.queues.get(row.machineUid);
    const item = queue?.pending.find(({ seq }) => seq === row.change?.seq);
    return item === undefined ? null : payloadOf(world.state, row.machineUid, item);
  };

  it('is purged by its agent: asked twice it is one operation, done it is off the list', () => {
    expect(dataMachines(world.state)).toEqual([machineUid('m3')]);
    const operation = operationOf(world.submit(change('purge'), { reason: 'no use' }).answer);
    expect(getOperation(world.state, operation)).toMatchObject({
      kind: 'purge',
      state: 'running',
      progress: { done: 0, total: 1, message: 'the agent of m3 has it to do' },
    });
    const again = world.submit(change('purge'));
    expect(again.events).toEqual([]);
    expect(operationOf(again.answer)).toBe(operation);
    expect(world.refuse(change('adopt', 'cache/redis/0')).code).toBe('data-changing');
    expect(payload()).toMatchObject({ kind: 'data-change', change: 'purge', path: row.path, target: null });
    expect(report()).toEqual(['DataPurged', 'OperationFinished']);
    expect(getOperation(world.state, operation)).toMatchObject({ state: 'succeeded', progress: { done: 1, total: 1 } });
    expect(listData(world.state, {}).items).toEqual([]);
    expect(world.refuse(change('purge')).code).toBe('data-unknown');
    world.assertDeterministic();
  });

  it('stays where the agent could not, and may be asked for again', () => {
    const operation = operationOf(world.submit(change('purge')).answer);
    const failed = { outcome: 'failed', exitCode: null, message: 'it is a mount' };
    expect(report(failed)).toEqual(['DataChangeFailed', 'OperationFinished']);
    expect(getOperation(world.state, operation)).toMatchObject({ state: 'failed', error: 'it is a mount' });
    expect(listData(world.state, {}).items).toHaveLength(1);
    expect(world.state.queues.get(row.machineUid)?.pending).toEqual([]);
    world.accept(change('purge'));
    expect(report()).toContain('DataPurged');
    world.assertDeterministic();
  });

  it('is asked for again of an agent that lost its journal', () => {
    world.accept(change('purge'));
    const bind = { type: 'BindJournal', data: { machineUid: row.machineUid, journalId: testUuid(1_001) } } as const;
    world.accept(bind);
    expect(world.accept({ ...bind, data: { ...bind.data, journalId: testUuid(1_002) } })).toEqual([
      'AgentJournalReset',
      'DataChangeIssued',
    ]);
    expect(place()).toMatchObject({ generation: 2, seq: 1 });
    expect(payload()).not.toBeNull();
    expect(report()).toContain('DataPurged');
    world.assertDeterministic();
  });

  it('of a machine that left is taken off the list, and what was asked there is cancelled', () => {
    const operation = operationOf(world.submit(change('purge')).answer);
    world.accept({ type: 'CloseMachine', data: { machineUid: row.machineUid } });
    expect(getOperation(world.state, operation)).toMatchObject({ state: 'cancelled', error: 'machine m3 has left' });
    expect(listData(world.state, {}).items).toHaveLength(1);
    expect(world.refuse(change('adopt')).code).toBe('data-machine-left');
    expect(world.accept(change('purge'))).toEqual(['DataForgotten']);
    expect(listData(world.state, {}).items).toEqual([]);
    world.assertDeterministic();
  });

  describe('adopted', () => {
    beforeEach(() => {
      world.apply({ ...documentOf(1), name: 'other' });
      world.bind('other/redis/0', 'm3');
      world.settle();
    });

    it('goes to a stopped unit of its machine; what that had is orphaned', () => {
      expect(world.refuse(change('adopt')).code).toBe('unit-unknown');
      expect(world.refuse(change('adopt', 'cache/redis/0')).code).toBe('adopter-elsewhere');
      expect(world.refuse(change('adopt', 'other/redis/0'))).toMatchObject({
        code: 'adopter-not-stopped',
        state: 'RUNNING',
        next: 'yiqiu unit stop other/redis/0',
      });
      world.accept({ type: 'ChangeUnit', data: { name: 'other/redis/0', verb: 'stop' } });
      world.settle();
      const operation = operationOf(world.submit(change('adopt', 'other/redis/0')).answer);
      const { agentUid: unitUid } = world.unit('other/redis/0');
      expect(payload()).toMatchObject({ change: 'adopt', target: { unitUid, home: 'redis_6379', incarnation: 1 } });
      expect(report({ orphans: [{ path: '/root/orphans/other.redis.0.1.x/data', sizeBytes: 3 }] })).toEqual([
        'DataOrphaned',
        'DataAdopted',
        'OperationFinished',
      ]);
      expect(getOperation(world.state, operation)).toMatchObject({ kind: 'adopt', state: 'succeeded' });
      expect(listData(world.state, {}).items).toMatchObject([
        { unit: 'other/redis/0', kind: 'orphaned', sizeBytes: 3 },
      ]);
      world.assertDeterministic();
    });

    it('is refused to a unit whose program has no such directory', () => {
      row.path = '/root/orphans/cache.redis.2.1/elsewhere';
      expect(world.refuse(change('adopt', 'other/redis/0'))).toMatchObject({
        code: 'adopter-has-no-place',
        message: expect.stringContaining('has its data in data'),
      });
    });
  });

  it('that a silent machine may hold cannot be changed before it is back', () => {
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 1 } });
    for (let round = 0; round < 4; round++) {
      world.now += 60 * 60_000;
      world.accept({ type: 'Tick', data: { now: world.now } });
    }
    const ghost = listData(world.state, {}).items.find(({ kind }) => kind === 'stale');
    expect(ghost).toMatchObject({ unit: 'cache/redis/1', machine: 'm2' });
    const asked = { ...change('purge'), data: { ...change('purge').data, uid: ghost?.id ?? '' } };
    expect(world.refuse(asked)).toMatchObject({ code: 'data-out-of-reach', next: 'yiqiu machine show m2' });
  });
});
