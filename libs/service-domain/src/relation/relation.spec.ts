import { describe, expect, it } from '@jest/globals';
import { groupDocument } from '@yiqiu/contracts';
import type { GroupDocument } from '@yiqiu/contracts';
import { machineUid, World } from '../testing/world.fixture.ts';
import type { JsonMap } from '../json-text.ts';
import { payloadOf } from '../agent/payload.ts';
import { getUnit } from '../unit/view.ts';

const provides = (keys: { unit: string[]; service: string[] } = { unit: [], service: [] }) => ({
  provides: [{ name: 'cache', interface: 'redis', keys }],
});
const requires = (more: JsonMap = {}) => ({
  requires: [{ name: 'upstream', interface: 'redis', optional: false, limit: null, ...more }],
});

const document = (
  more: JsonMap = {},
  relations: JsonMap[] = [{ from: 'proxy:upstream', to: 'redis:cache' }],
): GroupDocument =>
  groupDocument.parse({
    apiVersion: 'yiqiu/v1',
    kind: 'Group',
    name: 'cache',
    services: {
      redis: { program: 'redis@^7.0', package: 'small', pools: ['bj01'], units: 2 },
      proxy: { program: 'haproxy@^2.6', package: 'small', pools: ['bj01'], units: 2 },
    },
    relations,
    ...more,
  });

const pushed = (keys?: { unit: string[]; service: string[] }): World => {
  const world = new World();
  world.push('redis', '7.0.15', provides(keys));
  world.push('haproxy', '2.6.12', requires());
  return world;
};

const bindAll = (world: World): void => {
  for (const [index, unit] of ['cache/redis/0', 'cache/redis/1', 'cache/proxy/0', 'cache/proxy/1'].entries())
    world.bind(unit, `m${index + 1}`);
};

const running = (): World => {
  const world = pushed();
  world.apply(document());
  bindAll(world);
  world.settle();
  return world;
};

/** What the unit's agent would be sent now. */
const seenBy = (world: World, name: string): string[] => {
  const unit = world.unit(name);
  const queue = world.state.queues.get(unit.binding?.machineUid ?? '');
  const item = queue?.pending[0];
  const payload = item === undefined ? null : payloadOf(world.state, queue?.machineUid ?? '', item);
  if (payload?.kind !== 'unit-step') throw new Error(`${name} has no step`);
  return payload.context.relations['upstream']?.units.map((seen) => seen.name) ?? [];
};

describe('a relation', () => {
  it('keeps a requirer from starting until its provider is ready, and says so', () => {
    const world = pushed();
    world.apply(document());
    for (const [index, unit] of ['cache/proxy/0', 'cache/proxy/1'].entries()) world.bind(unit, `m${index + 3}`);
    world.settle();
    expect(getUnit(world.state, 'cache/proxy/0')).toMatchObject({
      state: 'STARTING',
      message: 'waits for upstream: cache/redis:cache has no ready unit',
    });
    world.bind('cache/redis/0', 'm1');
    world.bind('cache/redis/1', 'm2');
    world.settle();
    expect(new Set(Object.values(world.states()))).toEqual(new Set(['RUNNING']));
    world.assertDeterministic();
  });

  it('is ready only with every key that the provider declares', () => {
    const world = pushed({ unit: ['token'], service: ['realm'] });
    world.apply(document());
    bindAll(world);
    world.settle();
    expect(getUnit(world.state, 'cache/proxy/0')?.message).toMatch(/no ready unit with token, realm/);
    const { uid, incarnation } = world.unit('cache/redis/0');
    const relationData = { cache: { unit: { token: 't' }, service: { realm: 'r' } } };
    const unit = {
      unitUid: uid,
      incarnation,
      process: 'running',
      ready: true,
      message: '',
      lastSeq: 99,
      relationData,
    } as const;
    const report = { machineUid: machineUid('m1'), generation: 1, acceptedUpTo: 99, units: [unit] };
    expect(world.accept({ type: 'RecordStateReport', data: report }).slice(0, 2)).toEqual([
      'RelationDataSet',
      'RelationDataSet',
    ]);
    expect(world.accept({ type: 'RecordStateReport', data: report })).toEqual([]);
    expect(seenBy(world, 'cache/proxy/0')).toEqual(['cache/redis/0']);
  });

  it('tells requirers of each change, in turns, and what changed meanwhile at once', () => {
    const world = running();
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 4 } });
    world.bind('cache/redis/2', 'm5');
    world.bind('cache/redis/3', 'm6');
    const newcomers = ['cache/redis/2', 'cache/redis/3'];
    while (newcomers.some((name) => world.unit(name).state !== 'RUNNING'))
      for (const name of newcomers) if (world.unit(name).step !== null) world.report(world.unit(name));
    expect(world.unit('cache/proxy/0').step).toMatchObject({ step: 'relation-changed', changed: ['upstream'] });
    expect(world.unit('cache/proxy/0').state).toBe('RUNNING');
    expect(world.unit('cache/proxy/1').step).toBeNull();
    expect(seenBy(world, 'cache/proxy/0')).toHaveLength(4);
    world.now += 10;
    world.report(world.unit('cache/proxy/0'));
    expect(world.unit('cache/proxy/1').step).toMatchObject({ step: 'relation-changed' });
    world.settle();
    const told = world.log.filter(({ type, data }) => type === 'StepIssued' && data['reason'] === 'relation');
    expect(told.length).toBeLessThanOrEqual(4);
    world.assertDeterministic();
  });

  it('never shows an address after its unit began to stop: it serves on until nobody uses it', () => {
    const world = running();
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 1 } });
    expect(world.unit('cache/redis/1')).toMatchObject({ state: 'STOPPING', step: null });
    expect(getUnit(world.state, 'cache/redis/1')?.message).toMatch(/serves on until cache\/proxy/);
    expect(seenBy(world, 'cache/proxy/0')).toEqual(['cache/redis/0']);
    world.report(world.unit('cache/proxy/0'));
    expect(world.unit('cache/redis/1').step).toBeNull();
    world.report(world.unit('cache/proxy/1'));
    expect(world.unit('cache/redis/1').step).toMatchObject({ step: 'stop', reason: 'scale-in' });
    world.settle();
    expect(Object.keys(world.states())).not.toContain('cache/redis/1');
  });

  it('does not hold a removal up for ever where a requirer says nothing', () => {
    const world = running();
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 1 } });
    world.now += 31_000;
    expect(world.accept({ type: 'Tick', data: { now: world.now } })).toEqual(
      expect.arrayContaining(['UnitDrained', 'StepIssued']),
    );
    expect(world.unit('cache/redis/1').step).toMatchObject({ step: 'stop' });
  });

  it('joins what is outside by what the document says of it', () => {
    const world = new World();
    world.push('haproxy', '2.6.12', requires());
    const outside = {
      services: { proxy: { program: 'haproxy@^2.6', package: 'small', pools: ['bj01'], units: 1 } },
      virtual: {
        far: {
          provides: [{ name: 'cache', interface: 'redis' }],
          service: { host: '10.0.0.9' },
          units: [{ ip: '10.0.0.9', port: 6379 }],
        },
      },
    };
    world.apply(document(outside, [{ from: 'proxy:upstream', to: 'far:cache' }]));
    world.bind('cache/proxy/0', 'm1');
    world.settle();
    expect(world.unit('cache/proxy/0').state).toBe('RUNNING');
    expect(world.apply(document(outside, [{ from: 'proxy:upstream', to: 'far:cache' }])).changed).toBe(false);
    outside.virtual.far.units = [];
    world.apply(document(outside, [{ from: 'proxy:upstream', to: 'far:cache' }]));
    expect(world.unit('cache/proxy/0').step).toMatchObject({ step: 'relation-changed', reason: 'relation' });
  });

  it.each([
    [[{ from: 'proxy:downstream', to: 'redis:cache' }], 'relations[0].from', 'cache/proxy requires no downstream'],
    [[{ from: 'proxy:upstream', to: 'redis:db' }], 'relations[0].to', 'cache/redis provides no db'],
    [[{ from: 'proxy:upstream', to: 'other/redis:cache' }], 'relations[0].to', 'there is no service other/redis'],
    [[{ from: 'other/proxy:upstream', to: 'redis:cache' }], 'relations[0].from', 'another group'],
    [[{ from: 'proxy', to: 'redis:cache' }], 'relations[0].from', 'is no endpoint'],
  ])('is refused: %j', (relations, field, message) => {
    const world = pushed();
    expect(world.refuse(world.applyCommand(document({}, relations))).errors).toMatchObject([
      { field, message: expect.stringContaining(message) },
    ]);
  });

  it('is refused between interfaces that differ, past a limit, and in a circle', () => {
    const world = new World();
    world.push('redis', '7.0.15', { ...provides(), ...requires({ optional: true, interface: 'front' }) });
    world.push('haproxy', '2.6.12', {
      ...requires({ limit: 1 }),
      provides: [{ name: 'front', interface: 'front', keys: { unit: [], service: [] } }],
    });
    const circle = [
      { from: 'proxy:upstream', to: 'redis:cache' },
      { from: 'redis:upstream', to: 'proxy:front' },
    ];
    expect(world.refuse(world.applyCommand(document({}, circle))).message).toMatch(/requires .* already/);
    const differs = [{ from: 'proxy:upstream', to: 'proxy:front' }];
    expect(world.refuse(world.applyCommand(document({}, differs))).errors?.[0]?.message).toMatch(/speaks/);
  });
});
