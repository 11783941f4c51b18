import type { AgentLinkDomain } from '@yiqiu/context-runtime';
import type { StateReport, StepReport } from '@yiqiu/contracts';
import { changesSomething, payloadOf, touchedMachine } from '@yiqiu/service-domain';
import type { CommandRef, ServiceCommand, ServiceState } from '@yiqiu/service-domain';
import type { ObservedUnits } from './observed.ts';

/** Context `service` as the owner of unit steps. What agents say of their units is noted on its way. */
export const serviceAgentLink = (
  observed: ObservedUnits,
): AgentLinkDomain<ServiceState, ServiceCommand, CommandRef> => ({
  queueOf: (state, machineUid) => state.queues.get(machineUid) ?? null,
  touched: touchedMachine,
  payload: payloadOf,
  journalCommand: (machineUid, journalId) => ({ type: 'BindJournal', data: { machineUid, journalId } }),
  reportCommand: (report, output) => ({ type: 'RecordStepReport', data: { ...endOf(report), output } }),
  stateReportCommand: (report, state) => {
    observed.note(report);
    const command = stateReport(report);
    return changesSomething(state, command, Date.now()) ? command : null;
  },
});

const endOf = ({ machineUid, generation, seq, outcome, exitCode, message, orphans, ...times }: StepReport) => ({
  ...{ machineUid, generation, seq, outcome, exitCode, message, orphans },
  durationMs: Math.max(0, times.endedAt - times.startedAt),
});

const stateReport = ({ machineUid, generation, acceptedUpTo, units }: StateReport): ServiceCommand => ({
  type: 'RecordStateReport',
  data: {
    ...{ machineUid, generation, acceptedUpTo },
    units: units.map(({ unitUid, incarnation, process, ready, message, lastSeq, relationData }) => ({
      ...{ unitUid, incarnation, process, ready, message, lastSeq, relationData },
    })),
  },
});
