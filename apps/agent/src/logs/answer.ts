import { join } from 'node:path';
import { processSource, type AgentAnswer, type UnitLogsQuestion } from '@yiqiu/contracts';
import { isHookName } from '@yiqiu/program/manifest-types';
import type { AgentPaths } from '../layout/index.ts';
import { processLog, type UnitHost } from '../units/index.ts';
import { CursorError, readLog } from './read.ts';

export interface LogTools {
  readonly paths: AgentPaths;
  readonly host: Pick<UnitHost, 'homeOf'>;
}

/** The end of what a unit of this machine printed. Throws where its file cannot be read. */
export const answerUnitLogs = ({ paths, host }: LogTools, question: UnitLogsQuestion): AgentAnswer => {
  const { kind, unitUid, source } = question;
  const home = host.homeOf(unitUid);
  if (home === null) return refused('unit-unknown', `this machine has nothing of unit ${unitUid}`);
  if (source !== processSource && !isHookName(source)) return refused('malformed', `"${source}" is no hook`);
  const path = source === processSource ? join(paths.home(home), processLog) : join(paths.outputs(home), source);
  try {
    return { ok: true, kind, ...readLog(path, question), observedAt: Date.now() };
  } catch (error) {
    if (error instanceof CursorError) return refused('malformed', error.message);
    throw error;
  }
};

const refused = (code: string, message: string): AgentAnswer => ({ ok: false, error: { code, message } });
