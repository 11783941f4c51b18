import type { StepReport } from '@yiqiu/contracts';

/** What makes a report the same report, on whichever way and however often it comes. */
export const reportId = (report: Pick<StepReport, 'lineage' | 'machineUid' | 'owner' | 'generation' | 'seq'>): string =>
  `${report.lineage}:${report.machineUid}:${report.owner}:${report.generation}:${report.seq}`;
