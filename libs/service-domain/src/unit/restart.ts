import type { Ctx } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import { issueNow } from './issue-now.ts';
import type { UnitRow } from './state.ts';
import type { VerbOutcome } from './verb.ts';

/** RUNNING, DEGRADED, or FAILED in a change of a running one → UPDATING: its process is stopped and started. */
export const restartUnit = (state: ServiceState, unit: UnitRow, ctx: Ctx): VerbOutcome =>
  issueNow(state, unit, 'restart', 'retry', ctx);
