import { enqueue, newQueue, settle } from '@yiqiu/agent-queue';
import { unreachable } from '@yiqiu/kernel';
import type { EnvelopeOf } from '../events.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import { setDeadlines } from './deadlines.ts';
import { transitionOf, type LifecycleVerb } from './lifecycle.ts';
import { offlineWithinMs } from './offline.ts';
import type { InitAttempt, Machine } from './state.ts';

export type MachineAggregateEnvelope = EnvelopeOf<
  | 'MachineAdded'
  | 'MachineLabelled'
  | 'MachineMaintenanceSet'
  | 'AgentJoined'
  | 'AgentSessionOpened'
  | 'InventoryChanged'
  | 'InitStarted'
  | 'InitStepIssued'
  | 'InitStepSucceeded'
  | 'InitStepFailed'
  | 'MachineInited'
  | 'MachineOnlined'
  | 'MachineBackedUp'
  | 'MachineFaultDetected'
  | 'MachineMigrated'
  | 'MachineRepaired'
  | 'OfflineRequested'
  | 'OfflineCancelled'
  | 'MachineOfflined'
  | 'MachineLeft'
  | 'MachineDiscarded'
  | 'MachineSuspected'
  | 'MachineCleared'
  | 'Fenced'
>;

const row = (state: MachineContextState, uid: string): Machine => must(state.machines.get(uid), `machine ${uid}`);

const change = (state: MachineContextState, uid: string, patch: Partial<Machine>): void => {
  const machine = { ...row(state, uid), ...patch };
  state.machines.set(uid, machine);
  if (patch.init !== undefined || patch.offline !== undefined) setDeadlines(state.deadlines, uid, machine);
};

const changeInit = (state: MachineContextState, uid: string, patch: Partial<InitAttempt>): void => {
  const { init } = row(state, uid);
  change(state, uid, { init: { ...must(init ?? undefined, `the attempt of machine ${uid}`), ...patch } });
};

/** Moves along the table; throws where the table has no such way, since then the log is damaged. */
const move = (
  state: MachineContextState,
  event: MachineAggregateEnvelope,
  verb: LifecycleVerb,
  patch: Partial<Machine> = {},
): void => {
  const { uid } = event.data;
  const from = row(state, uid).state;
  const { to } = must(transitionOf(from, verb) ?? undefined, `the way ${verb} of machine ${uid} from ${from}`);
  if (to === '(outside)') return remove(state, uid);
  return change(state, uid, { state: to, since: event.time, ...patch });
};

/** Nothing is with the agent, nothing has failed. */
const none = {
  generation: null,
  seq: null,
  startBy: null,
  retryAt: null,
  exitCode: null,
  message: null,
  outputDigest: null,
} as const;

export const evolveMachine = (state: MachineContextState, event: MachineAggregateEnvelope): void => {
  const { uid } = event.data;
  switch (event.type) {
    case 'MachineAdded':
      return add(state, event);
    case 'MachineLabelled':
      return change(state, uid, { labels: event.data.labels, rack: event.data.rack, zone: event.data.zone });
    case 'MachineMaintenanceSet':
      return change(state, uid, { maintenance: event.data.on });
    case 'AgentJoined':
      return change(state, uid, { publicKey: event.data.publicKey });
    case 'AgentSessionOpened': {
      const { bootId, agentVersion, journalId } = event.data;
      return change(state, uid, { session: { bootId, agentVersion, journalId } });
    }
    case 'InventoryChanged': {
      const { capacity, os, kernel, arch, foreignPorts } = event.data;
      return change(state, uid, { inventory: { capacity, os, kernel, arch, foreignPorts } });
    }
    case 'InitStarted': {
      const { attempt, strategy, revision, hash, steps } = event.data;
      return change(state, uid, {
        attempts: attempt,
        init: { attempt, strategy, revision, hash, steps, index: 0, try: 0, phase: 'running', ...none },
      });
    }
    case 'InitStepIssued':
    case 'InitStepSucceeded':
    case 'InitStepFailed':
      return evolveStep(state, event);
    case 'MachineInited':
      return move(state, event, 'init', { init: null });
    case 'MachineOnlined':
      return move(state, event, 'online');
    case 'MachineBackedUp':
      return move(state, event, 'backup', { origin: 'backed-up' });
    case 'MachineFaultDetected':
      return move(state, event, 'abnormal', { faults: event.data.reasons, faultsSince: event.time });
    case 'MachineMigrated':
      return move(state, event, 'migrate_unit');
    case 'MachineRepaired':
      return move(state, event, 'repair', { origin: 'repaired', faults: [], faultsSince: null, init: null });
    case 'OfflineRequested': {
      const offline = { requestId: event.data.requestId, deadline: event.meta.hlc.l + offlineWithinMs };
      return change(state, uid, { offline });
    }
    case 'OfflineCancelled':
      return change(state, uid, { offline: null });
    case 'MachineOfflined':
      return move(state, event, 'offline', { offline: null });
    case 'MachineLeft':
      return move(state, event, 'leave');
    case 'MachineDiscarded':
      return move(state, event, 'discard');
    case 'MachineSuspected':
      return change(state, uid, { suspect: true });
    case 'MachineCleared':
      return change(state, uid, { suspect: false });
    // For the layers above; the machine itself stays as it is.
    case 'Fenced':
      return;
  }
  return unreachable(event, 'machine event');
};

const evolveStep = (
  state: MachineContextState,
  event: EnvelopeOf<'InitStepIssued' | 'InitStepSucceeded' | 'InitStepFailed'>,
): void => {
  const { uid, generation, seq } = event.data;
  const queue = must(state.queues.get(uid), `agent queue of ${uid}`);
  const init = must(row(state, uid).init ?? undefined, `the attempt of machine ${uid}`);
  switch (event.type) {
    case 'InitStepIssued': {
      const { startBy, attempt, index } = event.data;
      enqueue(queue, generation, {
        seq,
        startBy,
        ref: { attempt, index, strategy: init.strategy, revision: init.revision },
      });
      return changeInit(state, uid, { phase: 'running', try: event.data.try, generation, seq, startBy, retryAt: null });
    }
    case 'InitStepSucceeded':
      settle(queue, generation, seq);
      return changeInit(state, uid, { ...none, index: init.index + 1, try: 0 });
    case 'InitStepFailed': {
      settle(queue, generation, seq);
      const { retryAt, exitCode, message, output } = event.data;
      const failed = {
        phase: retryAt === null ? ('failed' as const) : ('waiting' as const),
        retryAt,
        exitCode,
        message,
        outputDigest: output?.digest ?? null,
      };
      return changeInit(state, uid, { ...none, ...failed });
    }
  }
};

const add = (state: MachineContextState, { data, time }: EnvelopeOf<'MachineAdded'>): void => {
  state.machines.set(data.uid, {
    ...data,
    state: 'NEW',
    since: time,
    origin: 'added',
    maintenance: false,
    suspect: false,
    publicKey: null,
    session: null,
    inventory: null,
    attempts: 0,
    init: null,
    faults: [],
    faultsSince: null,
    offline: null,
    ticket: null,
  });
  state.queues.set(data.uid, newQueue(data.uid));
  state.machineByName.set(data.name, data.uid);
  state.machineByToken.set(data.joinTokenHash, data.uid);
};

const remove = (state: MachineContextState, uid: string): void => {
  const machine = row(state, uid);
  state.machines.delete(uid);
  state.machineByName.delete(machine.name);
  state.machineByToken.delete(machine.joinTokenHash);
  setDeadlines(state.deadlines, uid, null);
};
