import type { ServiceContextEvent } from '@yiqiu/contracts';
import { endMessage, type StepEnd } from '../deploy/step-end.ts';
import { operationFinished } from '../operation/start.ts';
import type { ChangingRow } from './state.ts';

/** The agent's word on an order for data. What a unit had where it adopts is in the report as an orphan of its own. */
export const dataChangeEnded = (row: ChangingRow, report: StepEnd): ServiceContextEvent[] => {
  const { uid, unit, change } = row;
  const stream = `data/${uid}`;
  if (report.outcome !== 'succeeded') {
    const { machineUid, generation, seq, exitCode, durationMs, output } = report;
    const message = endMessage(report);
    return [
      {
        stream,
        type: 'DataChangeFailed',
        version: 1,
        data: { uid, unit, machineUid, generation, seq, exitCode, message, durationMs, output },
      },
      operationFinished(change.operation, 'failed', message),
    ];
  }
  return [
    change.target === null
      ? { stream, type: 'DataPurged', version: 1, data: { uid, unit } }
      : {
          stream,
          type: 'DataAdopted',
          version: 1,
          data: {
            uid,
            unit,
            by: change.target.unit,
            byUid: change.target.unitUid,
            incarnation: change.target.incarnation,
          },
        },
    operationFinished(change.operation, 'succeeded', null),
  ];
};
