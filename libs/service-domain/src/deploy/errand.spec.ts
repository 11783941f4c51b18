import { describe, expect, it } from '@jest/globals';
import { documentOf, World } from '../testing/world.fixture.ts';

const hook = { timeoutMs: 60_000, retries: 0, onDeadline: 'fail' };
const hooks = { 'member-add': hook, 'member-remove': hook };

const world3 = (): World => {
  const world = new World();
  world.push('redis', '7.0.15', { hooks });
  world.apply(documentOf(2));
  world.bind('cache/redis/0', 'm1');
  world.bind('cache/redis/1', 'm2');
  world.settle();
  return world;
};

const newcomer = (): World => {
  const world = world3();
  world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 3 } });
  world.bind('cache/redis/2', 'm3');
  while (world.unit('cache/redis/2').step !== null || world.unit('cache/redis/1').step !== null) {
    const unit = [world.unit('cache/redis/2'), world.unit('cache/redis/1')].find(({ step }) => step !== null);
    if (unit !== undefined) world.report(unit);
  }
  while (world.unit('cache/redis/0').step?.step === 'config-changed') world.report(world.unit('cache/redis/0'));
  while (world.unit('cache/redis/1').step !== null) world.report(world.unit('cache/redis/1'));
  return world;
};

describe('a newcomer', () => {
  it('starts when one healthy other member was told of it; that one serves on meanwhile', () => {
    const world = newcomer();
    expect(world.unit('cache/redis/0')).toMatchObject({
      state: 'RUNNING',
      step: { step: 'member-add', member: 'cache/redis/2' },
    });
    expect(world.unit('cache/redis/2')).toMatchObject({ state: 'STARTING', step: null });
    world.report(world.unit('cache/redis/0'));
    expect(world.unit('cache/redis/2').step).toMatchObject({ step: 'start' });
    world.settle();
    expect(new Set(Object.values(world.states()))).toEqual(new Set(['RUNNING']));
    world.assertDeterministic();
  });

  it('fails where the other member refuses, and is let in by retry or skip', () => {
    const world = newcomer();
    world.fail('cache/redis/0');
    expect(world.unit('cache/redis/2')).toMatchObject({ state: 'FAILED', failed: { step: 'member-add' } });
    expect(world.unit('cache/redis/0').state).toBe('RUNNING');
    world.accept({ type: 'ChangeUnit', data: { name: 'cache/redis/2', verb: 'retry' } });
    expect(world.unit('cache/redis/0').step).toMatchObject({ step: 'member-add' });
    world.fail('cache/redis/0');
    world.accept({ type: 'ChangeUnit', data: { name: 'cache/redis/2', verb: 'skip' } }, { reason: 'by hand' });
    world.settle();
    expect(world.unit('cache/redis/2').state).toBe('RUNNING');
  });
});

describe('a member that has gone for good', () => {
  it('is told of to one healthy other', () => {
    const world = newcomer();
    world.settle();
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 2 } });
    world.settle();
    const told = world.log.filter(({ data }) => data['step'] === 'member-remove');
    expect(told.map(({ type, data }) => [type, data['unit'], data['member'] ?? null])).toEqual([
      ['StepIssued', 'cache/redis/0', 'cache/redis/2'],
      ['StepSucceeded', 'cache/redis/0', null],
    ]);
    world.assertDeterministic();
  });
});
