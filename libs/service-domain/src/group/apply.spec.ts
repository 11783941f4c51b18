import { describe, expect, it } from '@jest/globals';
import { getService } from '../service/view.ts';
import { configOf } from '../service/state.ts';
import { must, serviceNamed } from '../state.ts';
import { documentOf, runningWorld, World } from '../testing/world.fixture.ts';
import { planGroup } from './plan.ts';
import { resolveGroup } from './resolve.ts';
import { getGroup } from './view.ts';

const pushed = () => {
  const world = new World();
  world.push('redis', '7.0.15');
  return world;
};

const plan = (world: World, document: ReturnType<typeof documentOf>, options = { prune: false, take: false }) => {
  const resolved = resolveGroup(world.state, document, options);
  if (!resolved.ok) throw new Error(resolved.error.message);
  return planGroup(world.state, resolved.group);
};

const desired = (world: World) => getService(world.state, 'cache/redis')?.desired;
const config = (world: World) => getService(world.state, 'cache/redis')?.config;

describe('applying a group document', () => {
  it('makes group, service and units, pinned and in one go', () => {
    const world = pushed();
    const types = world.accept(
      world.applyCommand(documentOf(2, { config: { maxmemory: '1mb' }, ports: { client: 7000 } })),
    );
    expect(types).toEqual([
      'GroupCreated',
      'OperationStarted',
      'ServiceCreated',
      'ConfigRevised',
      'UnitRequested',
      'UnitRequested',
      'GroupApplied',
    ]);
    expect(world.log.filter(({ type }) => type === 'UnitRequested').map(({ data }) => data)).toMatchObject([
      {
        unit: 'cache/redis/0',
        ordinal: 0,
        incarnation: 1,
        program: 'redis@7.0.15',
        ports: [{ name: 'client', pin: 7000 }],
      },
      { unit: 'cache/redis/1', ordinal: 1, placement: { spread: ['machine'], labels: {} } },
    ]);
    const [first, second] = world.log.filter(({ type }) => type === 'UnitRequested').map(({ data }) => data);
    const { uid, unit, ordinal, incarnation, requestId } = second ?? {};
    expect(first?.['batch']).toEqual([{ uid, unit, ordinal, incarnation, requestId }]);
    expect(second).not.toHaveProperty('batch');
    expect(getGroup(world.state, 'cache')).toMatchObject({ revision: 1, services: ['cache/redis'] });
    expect(config(world)).toEqual({ maxmemory: '1mb' });
    world.assertDeterministic();
  });

  it('twice changes nothing and says so, a newer program in the range or not', () => {
    const world = pushed();
    world.apply(documentOf(2));
    world.push('redis', '7.2.0');
    const before = world.log.length;
    expect(world.apply(documentOf(2))).toMatchObject({ changed: false, operation: null });
    expect(world.log).toHaveLength(before);
    expect(plan(world, documentOf(2)).changes).toEqual([]);
  });

  it('keeps what it does not name', () => {
    const world = pushed();
    world.apply(documentOf(2, { config: { maxmemory: '1mb' }, placement: { labels: { disk: 'ssd' } } }));
    const { units: _units, ...service } = must(documentOf(0).services['redis'], 'redis');
    world.apply({ ...documentOf(0), services: { redis: service } });
    expect(desired(world)).toBe(2);
    expect(config(world)).toEqual({ maxmemory: '1mb' });
    expect(serviceNamed(world.state, 'cache/redis')?.spec.placement.labels).toEqual({ disk: 'ssd' });
  });

  it('scales and reconfigures a service that is there', () => {
    const world = runningWorld(2);
    const { operation } = world.apply(documentOf(3, { config: { maxmemory: '1mb' } }));
    expect(operation).not.toBeNull();
    expect(world.states()).toMatchObject({ 'cache/redis/0': 'UPDATING', 'cache/redis/2': 'PENDING' });
    world.bind('cache/redis/2', 'm3');
    world.settle();
    expect(world.log.filter(({ type }) => type === 'OperationFinished').at(-1)?.data).toMatchObject({
      uid: operation,
      state: 'succeeded',
    });
    world.assertDeterministic();
  });

  it('leaves a vanished service alone, or removes it with prune', () => {
    const world = pushed();
    world.apply(documentOf(1, {}, { services: { redis: spec(1), other: spec(1) } }));
    expect(world.apply(documentOf(1))).toMatchObject({ changed: true, operation: null });
    expect(getGroup(world.state, 'cache')?.services).toEqual(['cache/other', 'cache/redis']);
    expect(plan(world, documentOf(1), { prune: true, take: false })).toMatchObject({
      deletes: ['cache/other'],
      changes: [{ service: 'cache/other', what: 'service', to: null }],
    });
    world.apply(documentOf(1), { prune: true });
    expect(getGroup(world.state, 'cache')?.services).toEqual(['cache/redis']);
    world.assertDeterministic();
  });
});

const spec = (units: number) => ({ program: 'redis@^7.0', package: 'small', pools: ['bj01'], units });

describe('values that a person changed', () => {
  const touched = () => {
    const world = pushed();
    world.apply(documentOf(2, { config: { maxmemory: '1mb' } }));
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 4 } });
    world.accept(world.setConfig('cache/redis', { maxmemory: '9mb' }));
    return world;
  };

  it('are kept, shown in the plan, and kept again', () => {
    const world = touched();
    const document = documentOf(2, { config: { maxmemory: '1mb' } });
    expect(plan(world, document).changes).toMatchObject([
      { what: 'units', from: 4, to: 2, effect: expect.stringContaining('--take') },
      { what: 'config.maxmemory', from: '9mb', to: '1mb', effect: expect.stringContaining('--take') },
    ]);
    expect(world.apply(document).changed).toBe(false);
    world.apply(documentOf(3, { config: { maxmemory: '2mb' } }));
    expect(desired(world)).toBe(4);
    expect(config(world)).toEqual({ maxmemory: '9mb' });
    world.assertDeterministic();
  });

  it('are overwritten with take, and are then nobody’s own', () => {
    const world = touched();
    world.apply(documentOf(3, { config: { maxmemory: '2mb' } }), { take: true });
    expect(desired(world)).toBe(3);
    expect(config(world)).toEqual({ maxmemory: '2mb' });
    world.apply(documentOf(1, { config: { maxmemory: null } }));
    expect(desired(world)).toBe(1);
    expect(config(world)).toEqual({});
  });

  it('are not said to be changed where the document says the same', () => {
    const world = touched();
    world.apply(documentOf(4, { config: { maxmemory: '9mb' } }));
    expect(serviceNamed(world.state, 'cache/redis')?.touched).toEqual({ units: false, config: [] });
  });
});

describe('a plan', () => {
  it('is done exactly, or refused when the world has moved', () => {
    const world = pushed();
    world.apply(documentOf(2));
    const { id } = plan(world, documentOf(3));
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 1 } });
    const error = world.refuse(world.applyCommand(documentOf(3), { plan: id }));
    expect(error).toMatchObject({ kind: 'precondition', code: 'plan-moved' });
    const now = plan(world, documentOf(3), { prune: false, take: true });
    expect(now.id).not.toBe(id);
    world.apply(documentOf(3), { take: true, plan: now.id });
    expect(desired(world)).toBe(3);
  });

  it('says what comes and goes', () => {
    const world = pushed();
    expect(plan(world, documentOf(2)).changes).toMatchObject([{ what: 'service', from: null, to: { units: 2 } }]);
    world.apply(documentOf(2));
    expect(plan(world, documentOf(3)).changes).toMatchObject([{ what: 'units', effect: 'asks for cache/redis/2' }]);
    expect(plan(world, documentOf(0)).changes).toMatchObject([
      { what: 'units', effect: 'removes cache/redis/1, cache/redis/0; their data is kept' },
    ]);
  });
});

describe('a document is refused', () => {
  it.each([
    [{}, { relations: [{ from: 'a:x', to: 'b:y' }] }, 'relations[0].from', 'there is no service cache/a'],
    [{}, { virtual: { redis: { provides: [] } } }, 'virtual.redis', 'is a service too'],
    [{ program: 'redis@^8' }, {}, 'services.redis.program', 'no pushed version'],
    [{ program: 'nosuch@^8' }, {}, 'services.redis.program', 'not pushed'],
    [{ ports: { http: 80 } }, {}, 'services.redis.ports.http', 'has no port'],
  ])('%j %j', (service, rest, field, message) => {
    const world = pushed();
    const error = world.refuse(world.applyCommand(documentOf(1, service, rest)));
    expect(error).toMatchObject({ kind: 'invalid', code: 'group-document-invalid' });
    expect(error.errors).toMatchObject([{ field, message: expect.stringContaining(message) }]);
    expect(world.log.map(({ type }) => type)).toEqual(['ProgramPushed']);
  });

  it('where it would need a roll-out of a later issue', () => {
    const world = runningWorld(1);
    world.push('redis', '7.2.0');
    const error = world.refuse(
      world.applyCommand(documentOf(1, { program: 'redis@7.2.0', package: 'large', ports: { client: 1 } })),
    );
    expect(error.errors?.map(({ field }) => field)).toEqual(['services.redis.package', 'services.redis.ports']);
    expect(world.apply(documentOf(1, { pools: ['bj02'] })).changed).toBe(true);
  });

  it('where its revision is not the expected one, or its config was checked against something else', () => {
    const world = pushed();
    const command = world.applyCommand(documentOf(1, { config: { maxmemory: '1mb' } }));
    if (command.type !== 'ApplyGroup') throw new Error('another command');
    expect(world.refuse({ ...command, data: { ...command.data, expectedRevision: 3 } }).code).toBe(
      'group-revision-moved',
    );
    expect(world.refuse({ ...command, data: { ...command.data, checked: {} } }).code).toBe('group-moved');
    world.push('redis', '7.1.0');
    expect(world.refuse(command).code).toBe('group-moved');
  });

  it('while the group is being destroyed', () => {
    const world = runningWorld(1);
    world.accept({ type: 'DestroyGroup', data: { name: 'cache', expectedRevision: null } });
    expect(world.refuse(world.applyCommand(documentOf(1)))).toMatchObject({
      kind: 'conflict',
      code: 'group-destroying',
    });
  });
});

describe('config revisions', () => {
  it('are numbered, with who and what', () => {
    const world = pushed();
    world.apply(documentOf(1, { config: { maxmemory: '1mb' } }));
    world.accept(world.setConfig('cache/redis', { ratio: 0.25 }), { actor: 'user:ann' });
    const service = must(serviceNamed(world.state, 'cache/redis') ?? undefined, 'service');
    expect(configOf(service)).toMatchObject({ revision: 2, actor: 'user:ann', changed: ['ratio'] });
    expect(config(world)).toEqual({ maxmemory: '1mb', ratio: 0.25 });
    world.assertDeterministic();
  });
});
