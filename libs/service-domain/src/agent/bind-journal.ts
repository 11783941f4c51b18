import { judgeJournal, newQueue } from '@yiqiu/agent-queue';
import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept, refusal, refuse } from '@yiqiu/kernel';
import { dataChangeIssued } from '../data/change.ts';
import { changingOn } from '../data/state.ts';
import { operationFinished } from '../operation/start.ts';
import type { ServiceState } from '../state.ts';
import { unitsOn } from '../state.ts';

/** An agent showed the journal that it has. */
export type BindJournal = Command<'BindJournal', { readonly machineUid: string; readonly journalId: string }>;

/** The first journal begins the numbers; another one than before voids what was outstanding. Refuses: machine-departed. */
export const bindAgentJournal = (
  state: ServiceState,
  { data }: BindJournal,
  { now }: Ctx,
): Decision<ServiceContextEvent> => {
  const { machineUid, journalId } = data;
  if (state.departed.has(machineUid)) {
    return refuse(
      refusal('precondition', 'machine-departed', `machine ${machineUid} has left; its agent is not listened to`),
    );
  }
  const stream = `agent-queue/${machineUid}`;
  const verdict = judgeJournal(state.queues.get(machineUid) ?? newQueue(machineUid), journalId);
  if (verdict.is === 'same') return accept([]);
  const { generation } = verdict;
  if (verdict.is === 'bound') {
    return accept([{ stream, type: 'AgentJournalBound', version: 1, data: { machineUid, journalId, generation } }]);
  }
  const closed = [...verdict.closed];
  return accept([
    ...lostRestarts(state, machineUid),
    { stream, type: 'AgentJournalReset', version: 1, data: { machineUid, journalId, generation, closed } },
    ...changingOn(state, machineUid).map((row, at) => dataChangeIssued(row, { generation, seq: at + 1 }, now)),
  ]);
};

/** A restart that was asked for is not repeated behind people's backs: its operation says that it was lost. */
const lostRestarts = (state: ServiceState, machineUid: string): ServiceContextEvent[] =>
  unitsOn(state, machineUid)
    .filter(({ step }) => step?.step === 'restart')
    .flatMap(({ uid }) => [...(state.index.runningOn.get(uid) ?? [])])
    .map((uid) => operationFinished(uid, 'cancelled', 'the journal of its agent was lost, and the command with it'));
