import type { AgentLinkDomain } from '@yiqiu/context-runtime';
import type { StepReport } from '@yiqiu/contracts';
import { payloadOf, touchedMachine } from '@yiqiu/service-domain';
import type { ServiceCommand, ServiceState, StepRef } from '@yiqiu/service-domain';
import type { ObservedUnits } from './observed.ts';

/** Context `service` as the owner of unit steps. What agents say of their units is noted on its way. */
export const serviceAgentLink = (observed: ObservedUnits): AgentLinkDomain<ServiceState, ServiceCommand, StepRef> => ({
  queueOf: (state, machineUid) => state.queues.get(machineUid) ?? null,
  touched: touchedMachine,
  payload: payloadOf,
  journalCommand: (machineUid, journalId) => ({ type: 'BindJournal', data: { machineUid, journalId } }),
  reportCommand: (report, output) => ({ type: 'RecordStepReport', data: { ...endOf(report), output } }),
  stateReportCommand: (report) => {
    observed.note(report);
    const { machineUid, generation, acceptedUpTo } = report;
    const units = report.units.map(({ unitUid, incarnation, process, ready, message, lastSeq }) => ({
      ...{ unitUid, incarnation, process, ready, message, lastSeq },
    }));
    return { type: 'RecordStateReport', data: { machineUid, generation, acceptedUpTo, units } };
  },
});

const endOf = ({ machineUid, generation, seq, outcome, exitCode, message, orphans, ...times }: StepReport) => ({
  ...{ machineUid, generation, seq, outcome, exitCode, message, orphans },
  durationMs: Math.max(0, times.endedAt - times.startedAt),
});
