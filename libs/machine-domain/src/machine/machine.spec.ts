import { describe, expect, it } from '@jest/globals';
import { machineCatalogue, machineStates, machineVerbs, type MachineState } from '@yiqiu/contracts';
import { fold, stateHash, type TableRows } from '@yiqiu/kernel';
import fc from 'fast-check';
import { machineDomain } from '../context.ts';
import { fence, look } from '../fleet.fixture.ts';
import { hash, hello, report, withMachine, World } from '../world.fixture.ts';
import { lifecycle, possibleVerbs, transitionOf } from './lifecycle.ts';

const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const verb = (world: World, name: (typeof machineVerbs)[number], reason: string | null = null) =>
  world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: name } }, reason);
const stateOf = (world: World, uid: string): MachineState | '(outside)' =>
  world.state.machines.get(uid)?.state ?? '(outside)';

/** A machine in each state of the seed, by the ways that lead there. */
const reached: { readonly [state in MachineState]: (world: World, uid: string) => void } = {
  NEW: () => undefined,
  INITED: (world, uid) => {
    report(world, uid, 'succeeded');
    report(world, uid, 'succeeded');
  },
  READY: (world, uid) => {
    reached.INITED(world, uid);
    verb(world, 'online');
  },
  ERROR_DETECTED: (world, uid) => {
    reached.READY(world, uid);
    verb(world, 'abnormal', 'disk');
  },
  ERROR: (world, uid) => {
    reached.ERROR_DETECTED(world, uid);
    world.submit({ type: 'MigrateUnit', data: { uid } });
  },
  OFFLINE: (world, uid) => {
    reached.INITED(world, uid);
    verb(world, 'offline');
    world.submit({
      type: 'CompleteOffline',
      data: { uid, requestId: world.last<{ requestId: string }>('OfflineRequested').requestId },
    });
  },
};

describe('the seed’s table', () => {
  for (const state of machineStates) {
    for (const name of machineVerbs) {
      const transition = transitionOf(state, name);
      it(`${state} --${name}--> ${transition?.to ?? 'refused'}`, () => {
        const { world, uid } = withMachine();
        reached[state](world, uid);
        expect(stateOf(world, uid)).toBe(state);
        const before = world.log.length;
        const answer = verb(world, name);
        if (transition === null) {
          expect(answer).toBe('machine-state-forbids');
          expect(world.log.length).toBe(before);
          return;
        }
        // init goes on with the agent's reports, offline with the resource layer's answer.
        if (name === 'init') reached.INITED(world, uid);
        if (name === 'offline') {
          const { requestId } = world.last<{ requestId: string }>('OfflineRequested');
          world.submit({ type: 'CompleteOffline', data: { uid, requestId } });
        }
        expect(stateOf(world, uid)).toBe(transition.to);
      });
    }
  }

  it('lets only the resource layer lead from ERROR_DETECTED to ERROR', () => {
    expect(possibleVerbs('ERROR_DETECTED')).toEqual(['declare-dead']);
    expect(lifecycle.filter(({ from }) => from === 'ERROR_DETECTED').map(({ verb: name, to }) => [name, to])).toEqual([
      ['declare-dead', 'ERROR_DETECTED'],
      ['migrate_unit', 'ERROR'],
    ]);
    const { world, uid } = withMachine();
    for (const state of ['NEW', 'INITED', 'READY'] as const) {
      const other = withMachine();
      reached[state](other.world, other.uid);
      expect(other.world.submit({ type: 'MigrateUnit', data: { uid: other.uid } })).toBe('machine-state-forbids');
    }
    reached.ERROR(world, uid);
    expect(world.submit({ type: 'MigrateUnit', data: { uid } })).toBe('machine-state-forbids'); // redelivered
  });
});

describe('initialisation', () => {
  it('goes step by step through the agent’s queue, then INITED, then READY where the pool says so', () => {
    const { world, uid } = withMachine(true);
    expect(world.log.map(({ type }) => type).slice(-5)).toEqual([
      'AgentJournalBound',
      'InventoryChanged',
      'AgentSessionOpened',
      'InitStarted',
      'InitStepIssued',
    ]);
    expect(report(world, uid, 'succeeded')).toEqual(['InitStepSucceeded', 'InitStepIssued']);
    expect(world.last<{ check: boolean; step: string }>('InitStepIssued')).toMatchObject({
      check: true,
      step: 'kernel',
      seq: 2,
    });
    expect(report(world, uid, 'succeeded')).toEqual(['InitStepSucceeded', 'MachineInited', 'MachineOnlined']);
    expect(world.state.queues.get(uid)?.pending).toEqual([]);
  });

  it('tries again after a wait, then keeps NEW with what failed, until a person begins anew', () => {
    const { world, uid } = withMachine(false, 1);
    expect(report(world, uid, 'failed')).toEqual(['InitStepFailed']);
    const dueAt = machineDomain.nextDeadline(world.state);
    expect(dueAt).not.toBeNull();
    expect(machineDomain.tick(world.state, (dueAt ?? 0) - 1)).toBeNull();
    expect(world.submit({ type: 'Tick', data: { now: dueAt ?? 0 } })).toEqual(['InitStepIssued']);
    expect(report(world, uid, 'failed')).toEqual(['InitStepFailed']);
    expect(machineDomain.nextDeadline(world.state)).toBeNull();
    expect(world.state.machines.get(uid)).toMatchObject({
      state: 'NEW',
      init: { phase: 'failed', attempt: 1, index: 0, message: 'as it went' },
    });
    expect(verb(world, 'init')).toEqual(['InitStarted', 'InitStepIssued']);
    expect(verb(world, 'init')).toEqual([]);
  });

  it('takes a result once, and none that nobody waits for', () => {
    const { world, uid } = withMachine();
    const { generation, seq } = world.last<{ generation: number; seq: number }>('InitStepIssued');
    report(world, uid, 'succeeded');
    const again = {
      machineUid: uid,
      generation,
      seq,
      outcome: 'succeeded',
      exitCode: 0,
      message: '',
      output: null,
    } as const;
    expect(world.submit({ type: 'RecordInitResult', data: again })).toBe('init-result-unknown');
    expect(world.submit({ type: 'RecordInitResult', data: { ...again, seq: 99 } })).toBe('init-result-unknown');
  });

  it('issues the step anew where the agent’s journal is another one', () => {
    const { world, uid } = withMachine();
    expect(hello(world, uid, 'b2', uuid(0xf2))).toEqual(['AgentJournalReset', 'AgentSessionOpened', 'InitStepIssued']);
    expect(world.last('InitStepIssued')).toMatchObject({ generation: 2, seq: 1, index: 0 });
    expect(hello(world, uid, 'b2', uuid(0xf2))).toEqual([]);
  });
});

describe('a machine', () => {
  it('takes its join token once; the same key again is the same agent', () => {
    const { world } = withMachine();
    const join = (tokenHash: string, publicKey: string) =>
      world.submit({ type: 'JoinAgent', data: { tokenHash, publicKey, agentVersion: '0.1.0' } });
    expect(join(hash('a'), 'U1')).toEqual([]);
    expect(join(hash('a'), 'U2')).toBe('join-token-used');
    expect(join(hash('b'), 'U2')).toBe('join-token-unknown');
  });

  it('is another one when it comes again under its old name', () => {
    const { world, uid } = withMachine();
    verb(world, 'discard');
    const data = {
      name: 'm1',
      address: '127.0.1.1',
      pool: 'bj01',
      rack: null,
      zone: null,
      labels: {},
      joinTokenHash: hash('c'),
    };
    expect(world.submit({ type: 'AddMachine', data })).toEqual(['MachineAdded']);
    expect(world.submit({ type: 'AddMachine', data })).toBe('machine-exists');
    expect(world.last<{ uid: string }>('MachineAdded').uid).not.toBe(uid);
    expect(
      world.submit({ type: 'JoinAgent', data: { tokenHash: hash('a'), publicKey: 'U1', agentVersion: '0.1.0' } }),
    ).toBe('join-token-unknown');
  });

  it('has a ticket in ERROR, which repair closes', () => {
    const { world, uid } = withMachine();
    reached.ERROR(world, uid);
    expect(world.last('TicketOpened')).toMatchObject({ machineUid: uid, reasons: ['disk'] });
    expect(world.state.machines.get(uid)?.ticket).not.toBeNull();
    expect(verb(world, 'repair')).toEqual(['MachineRepaired', 'TicketClosed', 'InitStarted', 'InitStepIssued']);
    expect(world.state.machines.get(uid)).toMatchObject({ state: 'NEW', ticket: null, faults: [] });
  });

  it('stays what it was where the resource layer refuses to close it', () => {
    const { world, uid } = withMachine();
    reached.INITED(world, uid);
    verb(world, 'offline');
    expect(verb(world, 'online')).toBe('machine-offline-pending');
    const { requestId } = world.last<{ requestId: string }>('OfflineRequested');
    expect(world.submit({ type: 'CancelOffline', data: { uid, requestId, containers: 2 } })).toEqual([
      'OfflineCancelled',
    ]);
    expect(world.submit({ type: 'CompleteOffline', data: { uid, requestId } })).toBe('machine-offline-unknown');
    expect(verb(world, 'online')).toEqual(['MachineOnlined']);
  });
});

describe('any run of commands', () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant('verb' as const), verb: fc.constantFrom(...machineVerbs) }),
    fc.record({
      kind: fc.constant('report' as const),
      outcome: fc.constantFrom('succeeded' as const, 'failed' as const, 'expired' as const),
    }),
    fc.record({ kind: fc.constant('hello' as const), boot: fc.nat(3), journal: fc.nat(2) }),
    fc.constantFrom({ kind: 'evacuated' as const }, { kind: 'closed' as const }, { kind: 'tick' as const }),
    fc.record({ kind: fc.constant('look' as const), heardMs: fc.constantFrom(null, 0, 6_000, 11_000) }),
    fc.record({ kind: fc.constant('fence' as const), ok: fc.boolean(), again: fc.boolean() }),
    fc.constantFrom({ kind: 'resume' as const }, { kind: 'dead' as const }),
  );

  const play = (
    world: World,
    uid: string,
    acts: readonly (typeof act extends fc.Arbitrary<infer A> ? A : never)[],
  ): void => {
    for (const one of acts) {
      if (one.kind === 'verb') verb(world, one.verb);
      else if (one.kind === 'report') report(world, uid, one.outcome);
      else if (one.kind === 'hello') hello(world, uid, `b${one.boot}`, uuid(0xf0 + one.journal));
      else if (one.kind === 'look') look(world, { m1: one.heardMs });
      else if (one.kind === 'fence') fence(world, 'm1', one.ok ? 'done' : one.again ? 'failed' : 'no driver');
      else if (one.kind === 'resume') world.submit({ type: 'ResumePool', data: { name: 'bj01' } });
      else if (one.kind === 'dead')
        world.submit({ type: 'DeclareDead', data: { name: 'm1', verified: 'a look', override: false } });
      else if (one.kind === 'evacuated') world.submit({ type: 'MigrateUnit', data: { uid } });
      else if (one.kind === 'tick')
        world.submit({ type: 'Tick', data: { now: machineDomain.nextDeadline(world.state) ?? 0 } });
      else {
        const requestId = world.state.machines.get(uid)?.offline?.requestId ?? uuid(1);
        world.submit({ type: 'CompleteOffline', data: { uid, requestId } });
      }
    }
  };

  it('moves only along the table, keeps the queue’s numbers, and is the same after a restore and from zero', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(act, { maxLength: 40 }), (autoOnline, acts) => {
        const { world, uid } = withMachine(autoOnline, 1);
        play(world, uid, acts);
        const machine = world.state.machines.get(uid);
        if (machine !== undefined) expect(machineStates).toContain(machine.state);
        expect(world.state.queues.has(uid)).toBe(machine !== undefined);
        const live = stateHash(machineDomain.tables(world.state));
        expect(stateHash(machineDomain.tables(fold(machineDomain, world.log)))).toBe(live);
        const rows: TableRows = JSON.parse(
          JSON.stringify(
            Object.fromEntries(
              Object.entries(machineDomain.tables(world.state)).map(([table, found]) => [table, [...found]]),
            ),
          ),
        );
        const restored = machineDomain.restore(rows);
        expect(stateHash(machineDomain.tables(restored))).toBe(live);
        expect(machineDomain.nextDeadline(restored)).toBe(machineDomain.nextDeadline(world.state));
      }),
      { numRuns: 300 },
    );
  });

  it('writes only events that the catalogue has, to the letter', () => {
    const { world, uid } = withMachine(true, 1);
    reached.ERROR(world, uid);
    verb(world, 'repair');
    const catalogue: {
      readonly [type: string]: { readonly [version: number]: { parse: (data: unknown) => unknown } } | undefined;
    } = machineCatalogue;
    for (const { type, version, data } of world.log) expect(catalogue[type]?.[version]?.parse(data)).toEqual(data);
  });
});
