import { describe, expect, it } from '@jest/globals';
import { fold, stateHash } from '@yiqiu/kernel';
import { machineDomain } from '../context.ts';
import { itemAt, itemCount, newestRevision } from '../init-strategy/index.ts';
import { fleet, look, machine } from '../fleet.fixture.ts';
import { report, step, withMachine, type World } from '../world.fixture.ts';
import { offlineWithinMs } from './offline.ts';
import { machineView, neverSeen } from './view.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const strategy = (world: World, kernel: string | null, checks: { name: string; run: null; kernel: string }[] = []) => {
  world.submit({
    type: 'CreateInitStrategy',
    data: { name: 'default', os: 'debian-12', kernel, steps: [step('base')], checks },
  });
  const revision = newestRevision(world.state, 'default');
  if (revision === undefined) throw new Error('no revision');
  return revision;
};
const init = (world: World) => world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'init' } });

describe('the kernel of a strategy', () => {
  it('is its last check, once', () => {
    const { world } = withMachine();
    const implicit = strategy(world, '6.9.9');
    expect([itemCount(implicit), itemAt(implicit, 1), itemAt(implicit, 2)]).toMatchObject([
      2,
      { name: 'kernel-version', check: true, run: null, kernel: '6.9.9' },
      null,
    ]);
    const explicit = strategy(world, '6.9.9', [{ name: 'my-kernel', run: null, kernel: '6.9.9' }]);
    expect([itemCount(explicit), itemAt(explicit, 1)?.name]).toEqual([2, 'my-kernel']);
    expect(itemCount(strategy(world, null))).toBe(1);
  });

  it('that is not the running one leaves the machine NEW, naming wanted and found, over restarts, until a person begins anew', () => {
    const { world, uid } = withMachine();
    strategy(world, '6.9.9');
    report(world, uid, 'failed'); // the attempt by revision 1
    expect(init(world)).toEqual(['InitStarted', 'InitStepIssued']);
    report(world, uid, 'succeeded');
    const { generation, seq } = world.last<{ generation: number; seq: number }>('InitStepIssued');
    const message = 'kernel is 6.1.0, the strategy wants 6.9.9';
    const failed = {
      machineUid: uid,
      generation,
      seq,
      outcome: 'failed',
      exitCode: null,
      message,
      output: null,
    } as const;
    expect(world.submit({ type: 'RecordInitResult', data: failed })).toEqual(['InitStepFailed']);
    const operation = {
      ...{ kind: 'init', step: 'kernel-version', state: 'failed' },
      message: `try 1 of 1 failed: ${message}`,
    };
    expect(machineView(world.state, machine(world, 'm1'), neverSeen, iso)).toMatchObject({ state: 'NEW', operation });
    // What any process knows after its restart.
    const again = fold(machineDomain, world.log);
    expect(stateHash(machineDomain.tables(again))).toBe(stateHash(machineDomain.tables(world.state)));
    expect(machineView(again, machine(world, 'm1'), neverSeen, iso)).toMatchObject({ state: 'NEW', operation });
    strategy(world, null);
    init(world);
    expect(report(world, uid, 'succeeded')).toEqual(['InitStepSucceeded', 'MachineInited']);
  });
});

describe('a machine that falls silent while it is initialised', () => {
  it('stays NEW, says what it waits for, and goes on when it is heard of', () => {
    const { world, uid } = withMachine();
    look(world, { m1: 6_000 });
    look(world, { m1: 60_000 });
    expect(machineView(world.state, machine(world, 'm1'), neverSeen, iso)).toMatchObject({
      ...{ state: 'NEW', suspect: true },
      operation: {
        kind: 'init',
        state: 'waiting',
        message: expect.stringContaining('waits for its agent, silent since'),
      },
    });
    look(world, {});
    expect(report(world, uid, 'succeeded')).toEqual(['InitStepSucceeded', 'InitStepIssued']);
  });

  it('has its step tried again where that expired meanwhile', () => {
    const { world, uid } = withMachine();
    expect(report(world, uid, 'expired')).toEqual(['InitStepFailed']);
    expect(world.submit({ type: 'Tick', data: { now: machineDomain.nextDeadline(world.state) ?? 0 } })).toEqual([
      'InitStepIssued',
    ]);
  });
});

describe('offline', () => {
  it('is given up where the resource layer does not answer in time', () => {
    const world = fleet(2);
    world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'backup' } });
    const offline = () => world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'offline' } });
    expect(offline()).toEqual(['OfflineRequested']);
    expect(offline()).toEqual([]);
    const deadline = machineDomain.nextDeadline(world.state) ?? 0;
    expect(deadline).toBe(world.now - 1 + offlineWithinMs);
    expect(world.submit({ type: 'Tick', data: { now: deadline - 1 } })).toEqual([]);
    expect(world.submit({ type: 'Tick', data: { now: deadline } })).toEqual(['OfflineCancelled']);
    expect(machine(world, 'm1')).toMatchObject({ state: 'INITED', offline: null });
    expect(machineDomain.nextDeadline(world.state)).toBeNull();
    const { requestId } = world.last<{ requestId: string }>('OfflineCancelled');
    const late = { uid: machine(world, 'm1').uid, requestId };
    expect(world.submit({ type: 'CompleteOffline', data: late })).toBe('machine-offline-unknown');
  });
});
