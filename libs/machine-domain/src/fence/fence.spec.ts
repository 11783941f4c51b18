import { describe, expect, it } from '@jest/globals';
import { alarmsWhere } from '../alarm/view.ts';
import { fence, fleet, look, machine } from '../fleet.fixture.ts';
import { possibleFor } from '../machine/lifecycle.ts';
import { machineView, neverSeen } from '../machine/view.ts';
import type { World } from '../world.fixture.ts';
import { openFences } from './due.ts';
import { fenceRetryMs } from './record.ts';
import { fencesWhere, fenceView } from './view.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const operation = (world: World, name: string) =>
  machineView(world.state, machine(world, name), neverSeen, iso).operation?.message;
const declare = (world: World, name: string, override = false, reason = 'it burnt') =>
  world.submit({ type: 'DeclareDead', data: { name, verified: 'a look at the rack', override } }, reason);

/** m1 of five in ERROR_DETECTED by detection. */
const lost = (): World => {
  const world = fleet(5);
  look(world, { m1: 11_000 });
  return world;
};

describe('a fence', () => {
  it('waits in the outbox from the fault on, until its driver gives the proof', () => {
    const world = lost();
    const { uid, fence: order } = machine(world, 'm1');
    expect(openFences(world.state)).toEqual([
      { machineUid: uid, machine: 'm1', fenceId: order?.fenceId, attempt: 1, retryAt: expect.any(Number) },
    ]);
    expect(operation(world, 'm1')).toContain('its fence driver is asked');
    expect(fence(world, 'm1', 'done')).toEqual(['Fenced']);
    expect(world.last('Fenced')).toMatchObject({
      scope: 'machine',
      how: 'local',
      by: 'local',
      fenceId: order?.fenceId,
    });
    expect(openFences(world.state)).toEqual([]);
    expect(fencesWhere(world.state, { machine: 'm1' }).map(fenceView)).toEqual([
      {
        ...{ id: order?.fenceId, machine: 'm1', how: 'local', by: 'local', at: expect.any(String) },
        incarnations: [{ unit: 'cache/redis/0', incarnation: 1 }],
      },
    ]);
    expect(fencesWhere(world.state, { machine: 'm2' })).toEqual([]);
    expect(fence(world, 'm1', 'done')).toBe('fence-unknown');
    expect(look(world, { m1: 60_000 })).toEqual([]);
  });

  it('that failed is tried again, later and later, and says so', () => {
    const world = lost();
    expect(fence(world, 'm1', 'failed')).toEqual(['FenceFailed']);
    expect(world.last('FenceFailed')).toMatchObject({ attempt: 1, retryAt: world.now + 1_000 });
    fence(world, 'm1', 'failed');
    expect(openFences(world.state)).toMatchObject([{ attempt: 3, retryAt: world.now + 2_000 }]);
    expect(operation(world, 'm1')).toContain('fence failed at try 2, tried again: fence failed');
    expect([1, 2, 5, 30].map(fenceRetryMs)).toEqual([1_000, 2_000, 16_000, 300_000]);
  });

  it('without a driver waits for a person, loudly', () => {
    const world = lost();
    expect(fence(world, 'm1', 'no driver')).toEqual(['FenceFailed']);
    expect(openFences(world.state)).toMatchObject([{ retryAt: null }]);
    expect(alarmsWhere(world.state, { machine: 'm1' })).toMatchObject([
      {
        kind: 'machine-fault',
        message: expect.stringMatching(
          /^silent for .*; waits for declare-dead: .*yiqiu machine declare-dead m1 --verified/,
        ),
      },
    ]);
    expect(declare(world, 'm1')).toEqual(['Fenced']);
    expect(world.last('Fenced')).toMatchObject({
      ...{ how: 'manual', by: 'user:test' },
      reason: 'declared dead, verified by a look at the rack: it burnt',
    });
    expect(declare(world, 'm1')).toEqual([]);
  });

  it('is void where the machine was heard of meanwhile: what it runs it stops itself', () => {
    const world = lost();
    look(world, {});
    expect(openFences(world.state)).toEqual([]);
    expect(fence(world, 'm1', 'done')).toBe('fence-void');
    expect(alarmsWhere(world.state, {})[0]?.message).not.toContain('declare-dead');
    look(world, { m1: 6_000 });
    expect(openFences(world.state)).toHaveLength(1);
  });

  it('is not carried out in a frozen pool, nor after nothing is left', () => {
    const world = lost();
    look(world, { m1: 20_000, m2: 11_000, m3: 11_000 });
    expect(machine(world, 'm1').fence).not.toBeNull();
    expect(openFences(world.state)).toEqual([]);
    world.submit({ type: 'MigrateUnit', data: { uid: machine(world, 'm1').uid } });
    expect(machine(world, 'm1')).toMatchObject({ state: 'ERROR', fence: null });
    expect(fence(world, 'm1', 'done')).toBe('fence-unknown');
  });
});

describe('declare-dead', () => {
  it('takes a silent machine out of service, with its proof', () => {
    const world = fleet(5);
    expect(declare(world, 'm1')).toBe('machine-heard');
    look(world, { m1: 6_000 });
    expect(possibleFor(machine(world, 'm1'))).toContain('declare-dead');
    expect(possibleFor(machine(world, 'm2'))).not.toContain('declare-dead');
    expect(declare(world, 'm1')).toEqual(['MachineFaultDetected', 'Fenced']);
    expect(world.last('MachineFaultDetected')).toMatchObject({ by: 'operator' });
    expect(machine(world, 'm1')).toMatchObject({ state: 'ERROR_DETECTED', fenced: true });
    expect(possibleFor(machine(world, 'm1'))).toEqual(['declare-dead']);
  });

  it('is for machines that have something to lose, and audited where it is forced', () => {
    const world = fleet(5);
    expect(declare(world, 'm9')).toBe('machine-unknown');
    look(world, { m1: 11_000 });
    world.submit({ type: 'MigrateUnit', data: { uid: machine(world, 'm1').uid } });
    expect(declare(world, 'm1')).toBe('machine-state-forbids');
    expect(declare(world, 'm2', true)).toEqual(['MachineFaultDetected', 'Fenced']);
    expect(world.last('MachineFaultDetected')).toMatchObject({
      reasons: [expect.stringContaining('by override: although it was heard of')],
    });
    look(world, { m1: 20_000, m2: 20_000, m3: 6_000 });
    expect(declare(world, 'm3')).toBe('blast-radius');
    expect(declare(world, 'm3', true)).toEqual(['MachineFaultDetected', 'Fenced']);
    expect(world.last('Fenced')).toMatchObject({ reason: expect.stringContaining('3 of 5 machines of pool bj01') });
  });
});

describe('abnormal', () => {
  const abnormal = (world: World, name: string, override?: boolean) =>
    world.submit(
      { type: 'ChangeMachine', data: { name, verb: 'abnormal', ...(override ? { override } : {}) } },
      'disk',
    );

  it('is bound by the blast radius too, unless overridden, which its reasons tell', () => {
    const world = fleet(5);
    expect(abnormal(world, 'm1')).toEqual(['MachineFaultDetected']);
    expect(abnormal(world, 'm2')).toEqual(['MachineFaultDetected']);
    expect(abnormal(world, 'm3')).toBe('blast-radius');
    expect(abnormal(world, 'm3', true)).toEqual(['MachineFaultDetected']);
    expect(world.last('MachineFaultDetected')).toMatchObject({
      by: 'operator',
      reasons: ['disk', expect.stringContaining('past the blast radius by override: 3 of 5')],
    });
  });

  it('counts what is silent', () => {
    const world = fleet(5);
    look(world, { m1: 6_000, m2: 6_000 });
    expect(abnormal(world, 'm3')).toBe('blast-radius');
    look(world, {});
    expect(abnormal(world, 'm3')).toEqual(['MachineFaultDetected']);
  });

  it('by persons is not counted as found by detection', () => {
    const world = fleet(5);
    abnormal(world, 'm1');
    abnormal(world, 'm2');
    expect(look(world, { m3: 11_000 })).toEqual(['MachineSuspected', 'MachineFaultDetected', 'FenceRequested']);
  });
});
