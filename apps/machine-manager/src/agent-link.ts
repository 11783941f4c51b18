import type { AgentLinkDomain } from '@yiqiu/context-runtime';
import type { AgentPayload, StepReport } from '@yiqiu/contracts';
import { itemAt, revisionOf, touchedMachine } from '@yiqiu/machine-domain';
import type { InitRef, MachineCommand, MachineContextState } from '@yiqiu/machine-domain';

/** Context `machine` as the owner of init steps. */
export const machineAgentLink: AgentLinkDomain<MachineContextState, MachineCommand, InitRef> = {
  queueOf: (state, machineUid) => state.queues.get(machineUid) ?? null,
  touched: touchedMachine,
  payload: (state, machineUid, { seq, ref }) => {
    const init = state.machines.get(machineUid)?.init ?? null;
    // Another attempt has begun since: what is still queued of the one before is void.
    if (init?.seq !== seq || init.attempt !== ref.attempt) return null;
    return payloadOf(state, ref);
  },
  journalCommand: (machineUid, journalId) => ({ type: 'RecordJournal', data: { machineUid, journalId } }),
  reportCommand: (report, output) => ({ type: 'RecordInitResult', data: { ...resultOf(report), output } }),
};

const payloadOf = (state: MachineContextState, { strategy, revision, index }: InitRef): AgentPayload | null => {
  const item = itemAt(revisionOf(state, strategy, revision), index);
  if (item === null) return null;
  const { name, check, run, kernel, user, timeoutMs, mayReboot } = item;
  return { kind: 'init-step', name, check, run, kernel, user, timeoutMs, mayReboot };
};

const resultOf = ({ machineUid, generation, seq, outcome, exitCode, message }: StepReport) => ({
  ...{ machineUid, generation, seq, outcome, exitCode, message },
});
