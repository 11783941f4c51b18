import { enqueue, newQueue, settle } from '@yiqiu/agent-queue';
import { unreachable } from '@yiqiu/kernel';
import { end, raise } from '../alarm/evolve.ts';
import type { EnvelopeOf } from '../events.ts';
import { fencesMax } from '../fence/state.ts';
import { keepNewest, must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import { setDeadlines } from './deadlines.ts';
import { transitionOf, type LifecycleVerb } from './lifecycle.ts';
import { offlineWithinMs } from './offline.ts';
import { faultHistoryMax, type InitAttempt, type Machine } from './state.ts';

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
  | 'FenceRequested'
  | 'FenceFailed'
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
      return move(state, event, 'online', { fault: null, waived: false });
    case 'MachineBackedUp':
      return move(state, event, 'backup', { origin: 'backed-up' });
    case 'MachineFaultDetected':
      return fault(state, event);
    case 'MachineMigrated':
      return move(state, event, 'migrate_unit', { fence: null });
    case 'MachineRepaired':
      endAlarm(state, event);
      return move(state, event, 'repair', {
        ...{ origin: 'repaired', faults: [], faultsSince: null, init: null },
        ...{ alarm: null, fenced: false },
      });
    case 'OfflineRequested': {
      const offline = { requestId: event.data.requestId, deadline: event.meta.hlc.l + offlineWithinMs };
      return change(state, uid, { offline });
    }
    case 'OfflineCancelled':
      return change(state, uid, { offline: null });
    // Fault detection stops.
    case 'MachineOfflined':
      endAlarm(state, event);
      return move(state, event, 'offline', {
        ...{ offline: null, alarm: null, fenced: false },
        ...{ suspect: false, silentSince: null, waived: false },
      });
    case 'MachineLeft':
      return move(state, event, 'leave');
    case 'MachineDiscarded':
      return move(state, event, 'discard');
    case 'MachineSuspected':
      return change(state, uid, { suspect: true, silentSince: event.data.silentSince });
    case 'MachineCleared':
      return change(state, uid, { suspect: false, silentSince: null, waived: false });
    case 'FenceRequested':
    case 'FenceFailed':
    case 'Fenced':
      return evolveFence(state, event);
  }
  return unreachable(event, 'machine event');
};

/** A fault opens an alarm, which stands until the machine is repaired or offline. */
const fault = (state: MachineContextState, event: EnvelopeOf<'MachineFaultDetected'>): void => {
  const { uid, name, reasons, by } = event.data;
  const { pool, faultHistory } = row(state, uid);
  const at = event.meta.hlc.l;
  const [kind, message] = ['machine-fault' as const, reasons.join('; ')];
  move(state, event, 'abnormal', {
    faults: reasons,
    faultsSince: event.time,
    fault: { by, at },
    faultHistory: [...faultHistory, at].slice(-faultHistoryMax),
    fence: null,
    fenced: false,
    alarm: raise(state, { uid: event.id, kind, pool, machine: name, since: event.time, message }),
  });
};

const endAlarm = (state: MachineContextState, { data: { uid }, time }: MachineAggregateEnvelope): void =>
  end(state, row(state, uid).alarm, time);

const evolveFence = (
  state: MachineContextState,
  event: EnvelopeOf<'FenceRequested' | 'FenceFailed' | 'Fenced'>,
): void => {
  const { uid, fenceId } = event.data;
  switch (event.type) {
    case 'FenceRequested': {
      const { reason } = event.data;
      const order = { fenceId, reason, requestedAt: event.time, attempts: 0, message: null, retryAt: event.meta.hlc.l };
      return change(state, uid, { fence: order });
    }
    case 'FenceFailed': {
      const order = must(row(state, uid).fence ?? undefined, `the fence order of machine ${uid}`);
      const { attempt, message, retryAt } = event.data;
      return change(state, uid, { fence: { ...order, attempts: attempt, message, retryAt } });
    }
    case 'Fenced': {
      const { name, scope, incarnations, how, by } = event.data;
      const proof = { scope, incarnations, how, by, at: event.time };
      state.fences.set(fenceId, { uid: fenceId, machineUid: uid, machine: name, ...proof });
      keepNewest(state.fences, fencesMax, ({ at }) => at);
      if (scope === 'machine') change(state, uid, { fence: null, fenced: true });
    }
  }
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
    silentSince: null,
    publicKey: null,
    session: null,
    inventory: null,
    attempts: 0,
    init: null,
    faults: [],
    faultsSince: null,
    fault: null,
    faultHistory: [],
    waived: false,
    fence: null,
    fenced: false,
    alarm: null,
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
