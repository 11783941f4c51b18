import { bindJournal, resetJournal } from '@yiqiu/agent-queue';
import { unreachable } from '@yiqiu/kernel';
import type { EnvelopeOf } from '../events.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';

export type QueueEnvelope = EnvelopeOf<'AgentJournalBound' | 'AgentJournalReset' | 'AgentQueueClosed'>;

export const evolveQueue = (state: MachineContextState, event: QueueEnvelope): void => {
  const { machineUid } = event.data;
  switch (event.type) {
    case 'AgentJournalBound':
      return bindJournal(must(state.queues.get(machineUid), `agent queue of ${machineUid}`), event.data.journalId);
    case 'AgentJournalReset': {
      resetJournal(
        must(state.queues.get(machineUid), `agent queue of ${machineUid}`),
        event.data.journalId,
        event.data.generation,
      );
      const machine = must(state.machines.get(machineUid), `machine ${machineUid}`);
      const { init } = machine;
      // What was out is lost with the journal and is issued anew: no try of its own is used up.
      if (init?.phase === 'running' && init.seq !== null) {
        state.machines.set(machineUid, {
          ...machine,
          init: { ...init, generation: null, seq: null, startBy: null, try: init.try - 1 },
        });
      }
      return;
    }
    case 'AgentQueueClosed':
      state.queues.delete(machineUid);
      return;
  }
  return unreachable(event, 'agent queue event');
};
