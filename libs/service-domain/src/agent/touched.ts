import type { EventEnvelope } from '@yiqiu/kernel';

const touching = new Set(['StepIssued', 'DataChangeIssued', 'AgentJournalReset']);

/** The machine whose agent has something new to fetch after this event, or null. */
export const touchedMachine = ({ type, data }: EventEnvelope): string | null => {
  const uid = touching.has(type) ? data['machineUid'] : null;
  return typeof uid === 'string' ? uid : null;
};
