import type { Ctx } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import { unitStateForbids } from './errors.ts';
import { issueNow } from './issue-now.ts';
import type { UnitRow } from './state.ts';
import type { VerbOutcome } from './verb.ts';

/** FAILED → the failed step once more. */
export const retryUnit = (state: ServiceState, unit: UnitRow, ctx: Ctx): VerbOutcome =>
  unit.failed === null
    ? { ok: false, error: unitStateForbids(unit, 'retry') }
    : issueNow(state, unit, unit.failed.step, 'retry', ctx);
