import { describe, expect, it } from '@jest/globals';
import { getOperation } from '../operation/view.ts';
import { operationOf, runningWorld, World, documentOf } from '../testing/world.fixture.ts';

const name = 'cache/redis/0';
const verb = (which: 'retry' | 'skip' | 'restart' | 'stop' | 'start') =>
  ({ type: 'ChangeUnit', data: { name, verb: which } }) as const;

describe('verbs on a unit', () => {
  it('restart: UPDATING, then RUNNING again', () => {
    const world = runningWorld(1);
    const { answer } = world.submit(verb('restart'));
    expect(world.states()).toEqual({ [name]: 'UPDATING' });
    world.settle();
    expect(world.states()).toEqual({ [name]: 'RUNNING' });
    const operation = operationOf(answer);
    expect(getOperation(world.state, operation)).toMatchObject({
      kind: 'unit',
      target: name,
      state: 'succeeded',
      progress: { done: 1, total: 1 },
    });
  });

  it('restart waits for no news that is being told: it is refused until that has ended', () => {
    const world = runningWorld(1);
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 2 } });
    world.bind('cache/redis/1', 'm2');
    expect(world.unit(name)).toMatchObject({ state: 'RUNNING', step: { step: 'config-changed', reason: 'members' } });
    expect(world.refuse(verb('restart'))).toMatchObject({
      code: 'unit-state-forbids',
      message: `${name} is RUNNING and its agent is at config-changed, which does not allow restart; possible: stop`,
    });
    world.settle();
    world.accept(verb('restart'));
    world.settle();
    expect(world.unit(name).state).toBe('RUNNING');
  });

  it('stop, then start: through start and relation-changed to ready', () => {
    const world = runningWorld(1);
    world.accept(verb('stop'));
    expect(world.unit(name)).toMatchObject({ state: 'STOPPING', step: { step: 'stop', reason: 'deploy' } });
    world.settle();
    expect(world.states()).toEqual({ [name]: 'STOPPED' });
    world.accept(verb('start'));
    expect(world.unit(name)).toMatchObject({ state: 'STARTING', step: { step: 'start', reason: 'boot' } });
    world.settle();
    expect(world.states()).toEqual({ [name]: 'RUNNING' });
    world.assertDeterministic();
  });

  it('stop waits for what is at work, and start goes on from there', () => {
    const world = new World();
    world.push('redis', '7.0.15');
    world.apply(documentOf(1));
    world.bind(name, 'm1');
    expect(world.accept(verb('stop'))).toEqual(['OperationStarted', 'UnitStopRequested']);
    world.settle();
    expect(world.unit(name)).toMatchObject({ state: 'STOPPED', stage: 'config-changed' });
    world.accept(verb('start'));
    world.settle();
    expect(world.states()).toEqual({ [name]: 'RUNNING' });
  });

  it('skip counts a failed step as done, with a reason', () => {
    const world = new World();
    world.push('redis', '7.0.15');
    world.apply(documentOf(1));
    world.bind(name, 'm1');
    world.fail(name);
    expect(world.refuse(verb('skip'), { reason: ' ' })).toMatchObject({ kind: 'invalid', code: 'skip-needs-reason' });
    world.accept(verb('skip'), { reason: 'installed by hand' });
    expect(world.unit(name).step?.step).toBe('config-changed');
    world.settle();
    expect(world.states()).toEqual({ [name]: 'RUNNING' });
  });

  it('are refused where the state forbids them, with what is possible', () => {
    const world = runningWorld(1);
    expect(world.refuse(verb('retry'))).toMatchObject({
      kind: 'conflict',
      code: 'unit-state-forbids',
      state: 'RUNNING',
      possible: ['restart', 'stop'],
    });
    expect(world.refuse(verb('start')).state).toBe('RUNNING');
    expect(world.refuse({ type: 'ChangeUnit', data: { name: 'cache/redis/9', verb: 'stop' } }).kind).toBe('not-found');
  });

  it('a later operation on the same unit overtakes the earlier one', () => {
    const world = runningWorld(1);
    const first = operationOf(world.submit(verb('restart')).answer);
    world.accept(verb('stop'));
    expect(getOperation(world.state, first)).toMatchObject({
      state: 'cancelled',
      error: expect.stringContaining('overtaken'),
    });
  });
});
