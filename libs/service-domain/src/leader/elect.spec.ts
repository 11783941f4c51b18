import { describe, expect, it } from '@jest/globals';
import { machineUid, runningWorld } from '../testing/world.fixture.ts';
import type { World } from '../testing/world.fixture.ts';
import { serviceNamed } from '../state.ts';
import { electionMs, leaderHoldDownMs, stepDownMs } from './elect.ts';
import type { Candidate } from './elect.ts';

const led = (): World => runningWorld(3, { leader: { kind: 'platform' }, fencing: 'verified' });

const serviceOf = (world: World) => {
  const service = serviceNamed(world.state, 'cache/redis');
  if (service === null) throw new Error('no service');
  return service;
};

const candidate = (world: World, ordinal: number, more: Partial<Candidate> = {}): Candidate => {
  const { uid, incarnation } = world.unit(`cache/redis/${ordinal}`);
  return { unitUid: uid, incarnation, ok: true, rank: 0, at: world.now, ...more };
};

const elect = (world: World, candidates: readonly Candidate[], downSince: number | null = null): string[] =>
  world.accept({ type: 'ElectLeader', data: { serviceUid: serviceOf(world).uid, candidates, downSince } });

const leader = (world: World) => serviceOf(world).leader.now?.ordinal ?? null;

const fence = (world: World, machine: string): string[] =>
  world.accept({ type: 'RecordFence', data: { machineUid: machineUid(machine), how: 'local', only: null } });

describe('a leader', () => {
  it('is of highest rank among all that can, once all have answered', () => {
    const world = led();
    expect(elect(world, [candidate(world, 0, { rank: 5 }), candidate(world, 1, { rank: 7 })])).toEqual([]);
    const all = [0, 1, 2].map((n) => candidate(world, n, { rank: [5, 7, 7][n] ?? 0 }));
    expect(elect(world, all)[0]).toBe('LeaderChanged');
    expect(leader(world)).toBe(1);
    world.settle();
    expect(world.states()).toEqual({
      'cache/redis/0': 'RUNNING',
      'cache/redis/1': 'RUNNING',
      'cache/redis/2': 'RUNNING',
    });
    world.assertDeterministic();
  });

  it('is not waited for longer than an election takes, and never one that says no', () => {
    const world = led();
    const answers = [candidate(world, 0, { ok: false, rank: 9 }), candidate(world, 2)];
    world.now += electionMs;
    expect(elect(world, answers)[0]).toBe('LeaderChanged');
    expect(leader(world)).toBe(2);
  });

  it('is told itself first, then all others at once, whatever the update policy says', () => {
    const world = led();
    elect(
      world,
      [0, 1, 2].map((n) => candidate(world, n, { rank: n })),
    );
    const told = () => [0, 1, 2].map((n) => world.unit(`cache/redis/${n}`).step?.reason ?? null);
    expect(told()).toEqual([null, null, 'leader']);
    world.report(world.unit('cache/redis/2'));
    expect(told()).toEqual(['leader', 'leader', null]);
  });

  it('is moved after a fence by fresh answers only, and its former self is none', () => {
    const world = led();
    elect(
      world,
      [0, 1, 2].map((n) => candidate(world, n, { rank: 3 - n })),
    );
    world.settle();
    expect(leader(world)).toBe(0);
    world.now += 1_000;
    const old = [1, 2].map((n) => candidate(world, n, { rank: n }));
    world.now += 1_000;
    expect(fence(world, 'm1')).toContain('UnitFenced');
    expect(elect(world, old)).toEqual([]);
    world.now += 1_000;
    const dead = candidate(world, 0, { rank: 99 });
    elect(world, [dead, candidate(world, 1, { rank: 1 }), candidate(world, 2, { rank: 2 })]);
    expect(leader(world)).toBe(2);
    world.assertDeterministic();
  });

  it('is not moved by silence, nor by a process that is away for less than the hold-down', () => {
    const world = led();
    elect(
      world,
      [0, 1, 2].map((n) => candidate(world, n, { rank: 3 - n })),
    );
    world.settle();
    world.now += 60_000;
    const others = () => [1, 2].map((n) => candidate(world, n));
    expect(elect(world, others())).toEqual([]);
    expect(elect(world, others(), world.now - leaderHoldDownMs + 1)).toEqual([]);
    expect(elect(world, [candidate(world, 1, { ok: false })], world.now - leaderHoldDownMs)).toEqual([]);
    expect(elect(world, others(), world.now - leaderHoldDownMs)).toEqual(['LeaderLost']);
    world.now += 1_000;
    elect(world, others(), world.now - leaderHoldDownMs);
    expect(leader(world)).toBe(1);
  });

  it('is none where nobody can, and it says why', () => {
    const world = led();
    elect(
      world,
      [0, 1, 2].map((n) => candidate(world, n, { rank: 3 - n })),
    );
    world.settle();
    fence(world, 'm1');
    world.now += electionMs;
    const refusing = [1, 2].map((n) => candidate(world, n, { ok: false }));
    expect(elect(world, refusing)).toContain('LeaderChanged');
    expect(leader(world)).toBeNull();
    const changed = world.log.findLast(({ type }) => type === 'LeaderChanged');
    expect(changed?.data).toMatchObject({
      leader: null,
      message: 'fenced (local); none of 2 units that answered can lead',
    });
  });

  it('hands over before it leaves; where nobody else can, it goes after its time', () => {
    const world = led();
    elect(
      world,
      [0, 1, 2].map((n) => candidate(world, n, { rank: n })),
    );
    world.settle();
    world.accept({ type: 'ScaleService', data: { name: 'cache/redis', units: 2 } });
    expect(world.unit('cache/redis/2').step).toBeNull();
    elect(
      world,
      [0, 1].map((n) => candidate(world, n, { rank: 2 - n })),
    );
    expect(leader(world)).toBe(0);
    expect(world.unit('cache/redis/2').step).toMatchObject({ step: 'stop', reason: 'scale-in' });
  });

  it('stays where it is asked to step down and nobody else can', () => {
    const world = led();
    elect(
      world,
      [0, 1, 2].map((n) => candidate(world, n, { rank: 3 - n })),
    );
    world.settle();
    world.accept({ type: 'StepDown', data: { name: 'cache/redis', message: null } });
    const refusing = () => [1, 2].map((n) => candidate(world, n, { ok: false }));
    expect(elect(world, refusing())).toEqual([]);
    world.now += stepDownMs;
    expect(elect(world, refusing())).toEqual(['StepDownGivenUp']);
    expect(leader(world)).toBe(0);
  });
});
