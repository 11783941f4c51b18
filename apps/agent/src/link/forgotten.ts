import type { StepReport } from '@yiqiu/contracts';
import type { CommandKey } from '../journal/index.ts';

/** For a command that ended so long ago that its result is not kept: its owner waits for it, and learns that. */
export const forgottenReport = (machineUid: string, lineage: string, key: CommandKey): StepReport => {
  const now = Date.now();
  return {
    machineUid,
    lineage,
    ...key,
    outcome: 'failed',
    exitCode: null,
    message: 'it ended long ago; its result was reported then and is not kept any longer',
    output: '',
    outputTruncated: false,
    startedAt: now,
    endedAt: now,
    orphans: [],
  };
};
