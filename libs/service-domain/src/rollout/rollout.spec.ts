import { describe, expect, it } from '@jest/globals';
import { documentOf, machineUid, operationOf, runningWorld } from '../testing/world.fixture.ts';
import type { World } from '../testing/world.fixture.ts';
import type { JsonMap } from '../json-text.ts';
import { serviceNamed } from '../state.ts';
import { gateMs } from './state.ts';

const upgradeTo = (world: World, version: string) => {
  const programUid = world.state.index.programByRef.get(`redis@${version}`) ?? '';
  const service = serviceNamed(world.state, 'cache/redis');
  return {
    type: 'UpgradeService' as const,
    data: {
      name: 'cache/redis',
      program: `redis@${version}`,
      checked: { programUid, revision: service?.revisions.at(-1)?.revision ?? 0 },
    },
  };
};

const world5 = (
  update: { canary?: number; maxParallel?: number; minHealthy?: JsonMap; rollback?: string } = {},
): World => {
  const base = { canary: 0, maxParallel: 1, minHealthy: { kind: 'percent', percent: 50 }, rollback: 'manual' };
  const world = runningWorld(5, { update: { ...base, ...update } });
  world.push('redis', '7.2.0', { update: { ...base, ...update } });
  return world;
};

const busy = (world: World): number[] =>
  [...world.state.units.values()].filter(({ step }) => step !== null).map(({ ordinal }) => ordinal);
const versions = (world: World): string[] =>
  [...world.state.units.values()].map(({ programUid }) => world.state.programs.get(programUid)?.version ?? '');
const deployment = (world: World) => [...world.state.deployments.values()].at(-1);

describe('an upgrade', () => {
  it('goes unit by unit: stop by the old version, then the way up by the new one', () => {
    const world = world5();
    const { answer } = world.submit(upgradeTo(world, '7.2.0'));
    expect(busy(world)).toEqual([0]);
    const steps: string[] = [];
    for (let unit = world.unit('cache/redis/0'); unit.step !== null; unit = world.unit('cache/redis/0')) {
      steps.push(`${unit.step.step} ${unit.step.reason} ${world.state.programs.get(unit.programUid)?.version ?? ''}`);
      world.report(unit);
    }
    expect(steps).toEqual([
      'stop upgrade 7.0.15',
      'config-changed upgrade 7.2.0',
      'start upgrade 7.2.0',
      'relation-changed upgrade 7.2.0',
    ]);
    expect(busy(world)).toEqual([1]);
    world.settle();
    expect(versions(world)).toEqual(Array.from({ length: 5 }, () => '7.2.0'));
    expect(deployment(world)).toMatchObject({ state: 'succeeded', kind: 'upgrade' });
    expect(world.state.operations.get(operationOf(answer))).toMatchObject({ state: 'succeeded' });
    expect(world.submit(upgradeTo(world, '7.2.0')).events).toEqual([]);
    world.assertDeterministic();
  });

  it('takes the canary first, then batches, and keeps the floor', () => {
    const world = world5({ canary: 1, maxParallel: 4 });
    world.accept(upgradeTo(world, '7.2.0'));
    expect(busy(world)).toEqual([0]);
    while (busy(world).length === 1) world.report(world.unit('cache/redis/0'));
    // Of five, two have to serve: one is done, so three more may go at a time.
    expect(busy(world)).toEqual([1, 2, 3]);
    world.settle();
    expect(deployment(world)?.state).toBe('succeeded');
  });

  it('takes several units of one machine at once', () => {
    const all = { canary: 0, maxParallel: 5, minHealthy: { kind: 'units', units: 0 }, rollback: 'manual' };
    const changes = [
      (world: World) => world.setConfig('cache/redis', { maxmemory: '1mb' }),
      (world: World) => upgradeTo(world, '7.2.0'),
    ];
    for (const change of changes) {
      const world = runningWorld(5, { update: all }, 2);
      world.push('redis', '7.2.0', { update: all });
      world.accept(change(world));
      expect(busy(world)).toEqual([0, 1, 2, 3, 4]);
      world.settle();
      expect(deployment(world)?.state).toBe('succeeded');
      world.assertDeterministic();
    }
  });

  it('stops at the canary and goes back by itself where the program says so', () => {
    const world = world5({ canary: 1, rollback: 'auto' });
    const { answer } = world.submit(upgradeTo(world, '7.2.0'));
    world.report(world.unit('cache/redis/0'));
    world.report(world.unit('cache/redis/0'));
    const types = world.fail('cache/redis/0');
    expect(types).toEqual(expect.arrayContaining(['DeploymentRollingBack', 'ServiceRevised', 'UnitUpdateRequested']));
    expect(versions(world).filter((version) => version === '7.0.15')).toHaveLength(4);
    world.settle();
    expect(versions(world)).toEqual(Array.from({ length: 5 }, () => '7.0.15'));
    expect(new Set(Object.values(world.states()))).toEqual(new Set(['RUNNING']));
    expect(deployment(world)).toMatchObject({ state: 'rolled-back' });
    expect(world.state.operations.get(operationOf(answer))).toMatchObject({ state: 'failed' });
    world.assertDeterministic();
  });

  it('is held at a failure otherwise, and goes on when that is mended', () => {
    const world = world5();
    world.accept(upgradeTo(world, '7.2.0'));
    expect(world.fail('cache/redis/0')).toContain('DeploymentPaused');
    expect(busy(world)).toEqual([]);
    world.accept({ type: 'ChangeUnit', data: { name: 'cache/redis/0', verb: 'retry' } });
    world.settle();
    expect(versions(world)).toEqual(Array.from({ length: 5 }, () => '7.2.0'));
  });

  it('waits for a unit that turned unhealthy after its change, and goes back where it stays so', () => {
    const world = world5({ rollback: 'auto' });
    world.accept(upgradeTo(world, '7.2.0'));
    while (world.unit('cache/redis/0').step !== null) world.report(world.unit('cache/redis/0'));
    const health = (healthy: boolean) => {
      const { uid, incarnation, lastCommand } = world.unit('cache/redis/0');
      const process = healthy ? ('running' as const) : ('starting' as const);
      const unit = { unitUid: uid, incarnation, process, ready: healthy, message: 'flaps', relationData: {} };
      const units = [{ ...unit, lastSeq: lastCommand?.seq ?? 0 }];
      const data = { machineUid: machineUid('m1'), generation: 1, acceptedUpTo: 1_000, units };
      return world.accept({ type: 'RecordStateReport', data });
    };
    health(false);
    const tick = () => world.accept({ type: 'Tick', data: { now: world.now } });
    world.now += gateMs - 1;
    expect(tick()).toEqual([]);
    health(true);
    health(false);
    world.now += gateMs;
    expect(tick()).toEqual(expect.arrayContaining(['DeploymentRollingBack', 'ServiceRevised']));
    world.settle();
    expect(versions(world)).toEqual(Array.from({ length: 5 }, () => '7.0.15'));
    expect(deployment(world)?.state).toBe('rolled-back');
    world.assertDeterministic();
  });

  it('is paused, resumed and cancelled by a person', () => {
    const world = world5();
    world.accept(upgradeTo(world, '7.2.0'));
    const uid = deployment(world)?.uid ?? '';
    const verb = (text: 'pause' | 'resume' | 'cancel') =>
      ({ type: 'ChangeDeployment', data: { uid, verb: text, message: null } }) as const;
    world.accept(verb('pause'));
    world.settle();
    expect(versions(world).filter((version) => version === '7.2.0')).toHaveLength(1);
    world.accept(verb('resume'));
    expect(busy(world)).toEqual([1]);
    world.accept(verb('cancel'));
    world.settle();
    expect(versions(world).filter((version) => version === '7.2.0')).toHaveLength(2);
    expect(world.refuse(verb('resume'))).toMatchObject({ code: 'deployment-state-forbids', possible: [] });
  });

  it('may be asked for by the document', () => {
    const world = world5();
    world.apply(documentOf(5, { program: 'redis@7.2.0' }));
    world.settle();
    expect(versions(world)).toEqual(Array.from({ length: 5 }, () => '7.2.0'));
  });

  it('is overtaken by the next one', () => {
    const world = world5();
    world.push('redis', '7.4.0');
    world.accept(upgradeTo(world, '7.2.0'));
    world.accept(upgradeTo(world, '7.4.0'));
    world.settle();
    expect([...world.state.deployments.values()].map(({ state }) => state)).toEqual(['cancelled', 'succeeded']);
    expect(versions(world)).toEqual(Array.from({ length: 5 }, () => '7.4.0'));
  });
});

describe('a restart of a service', () => {
  it('restarts every unit, one after another', () => {
    const world = world5();
    world.accept({ type: 'RestartService', data: { name: 'cache/redis' } });
    expect(world.unit('cache/redis/0').step).toMatchObject({ step: 'restart', reason: 'config' });
    expect(busy(world)).toEqual([0]);
    world.settle();
    expect(deployment(world)).toMatchObject({ state: 'succeeded', kind: 'config' });
  });
});

describe('a leader in a roll-out', () => {
  const world = (apply: string): World => {
    const config = { type: 'object', properties: { maxmemory: { type: 'string', 'x-apply': apply } } };
    const led = runningWorld(3, { leader: { kind: 'platform' }, config });
    const service = serviceNamed(led.state, 'cache/redis');
    const candidates = [0, 1, 2].map((n) => {
      const { uid, incarnation } = led.unit(`cache/redis/${n}`);
      return { unitUid: uid, incarnation, ok: true, rank: 9 - n, at: led.now };
    });
    led.accept({ type: 'ElectLeader', data: { serviceUid: service?.uid ?? '', candidates, downSince: null } });
    led.settle();
    led.accept(led.setConfig('cache/redis', { maxmemory: '1mb' }));
    return led;
  };

  it.each([
    ['live', 0],
    ['restart', 1],
  ])('has the last turn, and hands over where the change (%s) may restart it', (apply, handsOver) => {
    const led = world(apply);
    expect(busy(led)).toEqual([1]);
    led.report(led.unit('cache/redis/1'));
    expect(busy(led)).toEqual([2]);
    led.settle();
    expect(led.log.filter(({ type }) => type === 'StepDownRequested')).toHaveLength(handsOver);
  });
});
