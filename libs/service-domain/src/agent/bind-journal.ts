import { judgeJournal, newQueue } from '@yiqiu/agent-queue';
import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';

/** An agent showed the journal that it has. */
export type BindJournal = Command<'BindJournal', { readonly machineUid: string; readonly journalId: string }>;

/** The first journal begins the numbers; another one than before voids what was outstanding. Never refused. */
export const bindAgentJournal = (state: ServiceState, { data }: BindJournal): Decision<ServiceContextEvent> => {
  const { machineUid, journalId } = data;
  const stream = `agent-queue/${machineUid}`;
  const verdict = judgeJournal(state.queues.get(machineUid) ?? newQueue(machineUid), journalId);
  if (verdict.is === 'same') return accept([]);
  const { generation } = verdict;
  if (verdict.is === 'bound') {
    return accept([{ stream, type: 'AgentJournalBound', version: 1, data: { machineUid, journalId, generation } }]);
  }
  const closed = [...verdict.closed];
  return accept([
    { stream, type: 'AgentJournalReset', version: 1, data: { machineUid, journalId, generation, closed } },
  ]);
};
