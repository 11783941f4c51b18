import { bindJournal, enqueue, newQueue, resetJournal, settle } from '@yiqiu/agent-queue';
import type { AgentQueue, QueueItem } from '@yiqiu/agent-queue';
import type { EnvelopeOf } from '../events.ts';
import type { CommandRef, ServiceState } from '../state.ts';
import { unitsOn } from '../state.ts';
import { endStep } from '../unit/evolve.ts';
import { changeUnit, dropUnit } from '../unit/index-unit.ts';

const queueOf = (state: ServiceState, machineUid: string): AgentQueue<CommandRef> => {
  const known = state.queues.get(machineUid);
  if (known !== undefined) return known;
  const queue = newQueue<CommandRef>(machineUid);
  state.queues.set(machineUid, queue);
  return queue;
};

export const enqueueStep = (state: ServiceState, { data }: EnvelopeOf<'StepIssued'>): void => {
  const item: QueueItem<CommandRef> = {
    seq: data.seq,
    startBy: data.startBy,
    ref: { unitUid: data.uid, step: data.step },
  };
  enqueue(queueOf(state, data.machineUid), data.generation, item);
};

export const settleStep = (
  state: ServiceState,
  { data }: EnvelopeOf<'StepSucceeded'> | EnvelopeOf<'StepFailed'>,
): void => {
  const queue = state.queues.get(data.machineUid);
  if (queue !== undefined) settle(queue, data.generation, data.seq);
};

export const enqueueDataChange = (state: ServiceState, { data }: EnvelopeOf<'DataChangeIssued'>): void =>
  enqueue(queueOf(state, data.machineUid), data.generation, {
    seq: data.seq,
    startBy: data.startBy,
    ref: { dataUid: data.uid },
  });

export const evolveJournalBound = (state: ServiceState, { data }: EnvelopeOf<'AgentJournalBound'>): void => {
  bindJournal(queueOf(state, data.machineUid), data.journalId);
};

/** What was outstanding is void; the agent's report, or the way down, issues anew what is still wanted. */
export const evolveJournalReset = (state: ServiceState, event: EnvelopeOf<'AgentJournalReset'>): void => {
  const { machineUid, journalId, generation } = event.data;
  resetJournal(queueOf(state, machineUid), journalId, generation);
  for (const { uid, step } of unitsOn(state, machineUid)) {
    if (step !== null) changeUnit(state, uid, event, endStep);
  }
};

/** The machine has left for good: nobody is there to be asked, and no ghost can come back. */
export const evolveQueueClosed = (state: ServiceState, event: EnvelopeOf<'AgentQueueClosed'>): void => {
  const { machineUid } = event.data;
  state.queues.delete(machineUid);
  state.departed.add(machineUid);
  for (const row of state.data.values()) if (row.machineUid === machineUid) row.change = null;
  for (const { uid, ghost, step } of unitsOn(state, machineUid)) {
    if (ghost) dropUnit(state, uid);
    else if (step !== null) changeUnit(state, uid, event, endStep);
  }
};
