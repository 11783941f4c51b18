import { describe, expect, it } from '@jest/globals';
import { alarmsWhere } from '../alarm/view.ts';
import { fleet, look, machine, wellObserver, type Sights } from '../fleet.fixture.ts';
import type { World } from '../world.fixture.ts';
import { observeIfNews } from './observe.ts';

const states = (world: World): { [name: string]: string } =>
  Object.fromEntries([...world.state.machines.values()].map(({ name, state }) => [name, state]));
const silent = (ms: number, ...names: string[]): Sights => Object.fromEntries(names.map((name) => [name, ms]));

describe('silence', () => {
  it('beyond the lease makes suspect, a sign of life clears', () => {
    const world = fleet(5);
    expect(look(world, { m1: 5_000 })).toEqual([]);
    expect(look(world, { m1: 5_001 })).toEqual(['MachineSuspected']);
    expect(world.last('MachineSuspected')).toMatchObject({ name: 'm1', silentSince: world.now - 5_001 });
    expect(look(world, { m1: 6_000 })).toEqual([]);
    expect(look(world, {})).toEqual(['MachineCleared']);
    expect(machine(world, 'm1')).toMatchObject({ suspect: false, silentSince: null, state: 'READY' });
  });

  it('beyond lease and hold-down is a fault, with its reasons, and the order of a fence', () => {
    const world = fleet(5);
    expect(look(world, { m1: 10_000 })).toEqual(['MachineSuspected']);
    expect(look(world, { m1: { heardMs: 10_001, power: 'down' } })).toEqual(['MachineFaultDetected', 'FenceRequested']);
    expect(world.last('MachineFaultDetected')).toMatchObject({
      name: 'm1',
      by: 'detector',
      reasons: [
        'silent for 10 s, beyond its lease of 5 s and the hold-down of 5 s',
        'its fence driver says that the machine itself does not run',
      ],
    });
    expect(look(world, { m1: 60_000 })).toEqual([]);
    expect(machine(world, 'm1')).toMatchObject({ state: 'ERROR_DETECTED', fence: { attempts: 0 } });
  });

  it('is decided by the pool’s policy', () => {
    const world = fleet(5, { policy: { leaseMs: 60_000, holdDownMs: 30_000 } });
    expect(look(world, { m1: 60_000 })).toEqual([]);
    expect(look(world, { m1: 90_000 })).toEqual(['MachineSuspected']);
    expect(look(world, { m1: 90_001 })).toEqual(['MachineFaultDetected', 'FenceRequested']);
  });

  it('of an agent alone is no fault: its machine is known to be up', () => {
    const world = fleet(5);
    expect(look(world, { m1: { heardMs: 60_000, power: 'up' } })).toEqual(['MachineSuspected']);
    expect(look(world, { m1: { heardMs: 600_000, power: 'up' } })).toEqual([]);
    expect(states(world)['m1']).toBe('READY');
    // The driver cannot show it any more.
    expect(look(world, { m1: { heardMs: 600_000, power: 'unknown' } })).toEqual([
      'MachineFaultDetected',
      'FenceRequested',
    ]);
  });

  it('in maintenance waits for the person who works on it', () => {
    const world = fleet(5);
    world.submit({ type: 'SetMaintenance', data: { name: 'm1', on: true } });
    expect(look(world, { m1: 60_000 })).toEqual(['MachineSuspected']);
    world.submit({ type: 'SetMaintenance', data: { name: 'm1', on: false } });
    expect(look(world, { m1: 60_000 })).toEqual(['MachineFaultDetected', 'FenceRequested']);
  });

  it('counts only of machines that said hello, and not any more of one that is offline', () => {
    const world = fleet(5);
    const data = { name: 'm9', address: '127.0.1.9', pool: 'bj01', rack: null, zone: null, labels: {} };
    world.submit({ type: 'AddMachine', data: { ...data, joinTokenHash: '9'.repeat(64) } });
    const uid = machine(world, 'm9').uid;
    const sighting = { machineUid: uid, heardMs: 60_000, power: 'unknown' } as const;
    const observation = { observer: wellObserver, sightings: [sighting] };
    expect(world.submit({ type: 'ObserveMachines', data: observation })).toEqual([]);
    look(world, { m1: 6_000 });
    world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'backup' } });
    world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'offline' } });
    const { requestId } = world.last<{ requestId: string }>('OfflineRequested');
    world.submit({ type: 'CompleteOffline', data: { uid: machine(world, 'm1').uid, requestId } });
    expect(machine(world, 'm1')).toMatchObject({ state: 'OFFLINE', suspect: false });
    expect(look(world, { m1: 60_000 })).toEqual([]);
  });

  it('ends an offline that is under way', () => {
    const world = fleet(5);
    world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'backup' } });
    world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'offline' } });
    expect(look(world, { m1: 60_000 })).toEqual([
      'MachineSuspected',
      'OfflineCancelled',
      'MachineFaultDetected',
      'FenceRequested',
    ]);
  });

  it('of a machine that a person took out is no second fault, but its fence is asked for', () => {
    const world = fleet(5);
    world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'abnormal' } });
    expect(look(world, { m1: { heardMs: 10_000, power: 'up' } })).toEqual(['MachineSuspected']);
    expect(look(world, { m1: { heardMs: 10_001, power: 'up' } })).toEqual(['FenceRequested']);
    expect(look(world, { m1: { heardMs: 20_000, power: 'up' } })).toEqual([]);
  });
});

describe('an observer that is not well', () => {
  const dead: Sights = { m1: 60_000 };

  it('concludes nothing without its bus, and not before its grace is over', () => {
    const world = fleet(5);
    expect(look(world, dead, { connected: false })).toEqual([]);
    expect(look(world, dead, { leadingMs: 9_999 })).toEqual([]);
    expect(look(world, dead, { connectedMs: 9_999 })).toEqual([]);
    expect(look(world, dead)).not.toEqual([]);
  });

  it('gives every machine a fresh lease after its own start, pause or reconnect', () => {
    for (const fresh of ['leadingMs', 'connectedMs'] as const) {
      const world = fleet(5);
      expect(look(world, { m1: null }, { [fresh]: 15_000 })).toEqual([]);
      expect(look(world, { m1: null }, { [fresh]: 15_001 })).toEqual(['MachineSuspected']);
      expect(look(world, { m1: null }, { [fresh]: 20_000 })).toEqual([]);
      expect(look(world, { m1: null }, { [fresh]: 20_001 })).toEqual(['MachineFaultDetected', 'FenceRequested']);
    }
    const world = fleet(5);
    expect(look(world, dead, { steadyMs: 5_000 })).toEqual([]);
    expect(look(world, dead, { steadyMs: 5_001 })).toEqual(['MachineSuspected']);
  });

  it('clears nothing that it has not heard of', () => {
    const world = fleet(5);
    look(world, { m1: 6_000 });
    expect(look(world, { m1: null }, { leadingMs: 11_000 })).toEqual([]);
    expect(machine(world, 'm1').suspect).toBe(true);
  });

  it('submits nothing where nothing is new', () => {
    const world = fleet(2);
    const sightings = [{ machineUid: machine(world, 'm1').uid, heardMs: 6_000, power: 'unknown' as const }];
    const news = observeIfNews(world.state, { observer: wellObserver, sightings }, world.now);
    expect(news).toMatchObject({ type: 'ObserveMachines' });
    look(world, { m1: 6_000 });
    expect(observeIfNews(world.state, { observer: wellObserver, sightings }, world.now)).toBeNull();
  });
});

describe('too many at once', () => {
  it('three of five: one freeze, one alarm, no fault; they come back: it thaws by itself', () => {
    const world = fleet(5);
    expect(look(world, silent(5_100, 'm1', 'm2', 'm3'))).toEqual(Array(3).fill('MachineSuspected'));
    // The hold-down of only one of them has passed: those in their hold-down count.
    expect(look(world, { ...silent(9_500, 'm2', 'm3'), m1: 10_100 })).toEqual(['PoolFrozen']);
    expect(world.last('PoolFrozen')).toMatchObject({ name: 'bj01', machines: ['m1', 'm2', 'm3'] });
    expect(look(world, silent(60_000, 'm1', 'm2', 'm3'))).toEqual([]);
    expect(alarmsWhere(world.state, {})).toMatchObject([
      {
        kind: 'pool-frozen',
        pool: 'bj01',
        until: null,
        message: expect.stringContaining('3 of 5 machines of pool bj01 at once (m1, m2, m3)'),
      },
    ]);
    expect(look(world, silent(60_000, 'm3'))).toEqual(['MachineCleared', 'MachineCleared']);
    expect(look(world, {})).toEqual(['MachineCleared', 'PoolThawed']);
    expect(alarmsWhere(world.state, {})).toEqual([]);
    expect(alarmsWhere(world.state, { state: 'ended' })).toMatchObject([{ until: expect.any(String) }]);
    expect(Object.values(states(world))).toEqual(Array(5).fill('READY'));
  });

  it('holds whatever else falls silent in the frozen pool, and no other pool', () => {
    const world = fleet(5);
    fleet(5, { world, pool: 'sh01', from: 6 });
    look(world, silent(11_000, 'm1', 'm2', 'm3'));
    expect(world.state.pools.get(machine(world, 'm1').poolUid)?.frozen).not.toBeNull();
    expect(look(world, silent(11_000, 'm1', 'm2', 'm3', 'm4'))).toEqual(['MachineSuspected']);
    expect(look(world, silent(11_000, 'm1', 'm2', 'm3', 'm4', 'm7'))).toEqual([
      'MachineSuspected',
      'MachineFaultDetected',
      'FenceRequested',
    ]);
    expect(states(world)['m7']).toBe('ERROR_DETECTED');
  });

  it('does not thaw because an observer that just started has not heard of them yet', () => {
    const world = fleet(5);
    look(world, silent(11_000, 'm1', 'm2', 'm3'));
    const unheard: Sights = { m1: null, m2: null, m3: null };
    expect(look(world, unheard, { leadingMs: 10_000 })).toEqual([]);
    expect(look(world, unheard, { leadingMs: 16_000 })).toEqual([]);
    expect(look(world, {}, { leadingMs: 16_000 })).toEqual([...Array(3).fill('MachineCleared'), 'PoolThawed']);
  });

  it('counts what detection took within the window and is not READY again', () => {
    const world = fleet(5);
    for (const name of ['m1', 'm2']) {
      look(world, silent(11_000, name));
      world.submit({ type: 'MigrateUnit', data: { uid: machine(world, name).uid } });
    }
    expect(look(world, silent(11_000, 'm1', 'm2', 'm3'))).toContain('PoolFrozen');
    const later = fleet(5);
    for (const name of ['m1', 'm2']) look(later, silent(11_000, name));
    later.now += 600_000;
    expect(look(later, silent(11_000, 'm1', 'm2', 'm3'))).toContain('MachineFaultDetected');
    const repaired = fleet(5);
    look(repaired, silent(11_000, 'm1'));
    repaired.submit({ type: 'MigrateUnit', data: { uid: machine(repaired, 'm1').uid } });
    repaired.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'repair' } });
    expect(states(repaired)['m1']).toBe('READY');
    look(repaired, silent(11_000, 'm2'));
    expect(look(repaired, silent(11_000, 'm2', 'm3'))).toContain('MachineFaultDetected');
  });

  it('does not count agents that are away from machines known to be up', () => {
    const world = fleet(5);
    const up = { heardMs: 60_000, power: 'up' } as const;
    look(world, { m1: up, m2: up, m3: up });
    expect(look(world, { m1: up, m2: up, m3: up, m4: 11_000 })).toEqual([
      'MachineSuspected',
      'MachineFaultDetected',
      'FenceRequested',
    ]);
  });

  it('decides lapses within the limit together', () => {
    const world = fleet(5);
    expect(look(world, silent(11_000, 'm1', 'm2'))).toEqual([
      'MachineSuspected',
      'MachineSuspected',
      ...['MachineFaultDetected', 'FenceRequested', 'MachineFaultDetected', 'FenceRequested'],
    ]);
  });

  it('takes a rack and a zone for a scope as well', () => {
    const racks = fleet(12, { place: (n) => ({ rack: n <= 4 ? 'r1' : 'r2', zone: null }) });
    expect(look(racks, silent(11_000, 'm1', 'm2', 'm3'))).toContain('PoolFrozen');
    expect(racks.last('PoolFrozen')).toMatchObject({ reason: expect.stringContaining('3 of 4 machines of rack r1') });
    const spread = fleet(12, { place: (n) => ({ rack: `r${n % 4}`, zone: n <= 4 ? 'z1' : 'z2' }) });
    expect(look(spread, silent(11_000, 'm1', 'm2', 'm3'))).toContain('PoolFrozen');
    const wide = fleet(12);
    expect(look(wide, silent(11_000, 'm1', 'm2', 'm3'))).not.toContain('PoolFrozen');
  });

  it('all dark: the observer is the patient', () => {
    const world = fleet(2);
    expect(look(world, silent(11_000, 'm1', 'm2'))).toEqual(['MachineSuspected', 'MachineSuspected', 'PoolFrozen']);
    expect(world.last('PoolFrozen')).toMatchObject({ reason: expect.stringContaining('not one of 2 machine(s)') });
  });

  it('goes on by a person’s word, and counts those machines again only once they were heard of', () => {
    const world = fleet(5);
    look(world, silent(11_000, 'm1', 'm2', 'm3'));
    expect(world.submit({ type: 'ResumePool', data: { name: 'bj01' } }, 'the rack burnt')).toEqual(['PoolThawed']);
    expect(world.last('PoolThawed')).toMatchObject({ reason: 'the rack burnt' });
    expect(world.submit({ type: 'ResumePool', data: { name: 'bj01' } })).toEqual([]);
    expect(world.submit({ type: 'ResumePool', data: { name: 'nil' } })).toBe('pool-unknown');
    const faults = look(world, silent(12_000, 'm1', 'm2', 'm3'));
    expect(faults).toEqual(Array(3).fill(['MachineFaultDetected', 'FenceRequested']).flat());
    expect(look(world, silent(11_000, 'm1', 'm2', 'm3', 'm4'))).toContain('MachineFaultDetected');
    look(world, silent(11_000, 'm4'));
    expect(machine(world, 'm1')).toMatchObject({ waived: false, suspect: false });
  });
});
