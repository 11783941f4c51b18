import type { Ctx } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import { joinErrand } from '../deploy/errand.ts';
import { Ahead, stepIssued } from '../deploy/move-events.ts';
import { unitStateForbids } from './errors.ts';
import { issueNow } from './issue-now.ts';
import type { UnitRow } from './state.ts';
import type { VerbOutcome } from './verb.ts';

/** FAILED → the failed step once more. */
export const retryUnit = (state: ServiceState, unit: UnitRow, ctx: Ctx): VerbOutcome =>
  unit.failed === null
    ? { ok: false, error: unitStateForbids(unit, 'retry') }
    : unit.failed.step === 'member-add'
      ? retryJoin(state, unit, ctx)
      : issueNow(state, unit, unit.failed.step, 'retry', ctx);

/** The others are told once more; where there is none any more, it goes on without. */
const retryJoin = (state: ServiceState, unit: UnitRow, ctx: Ctx): VerbOutcome => {
  const errand = joinErrand(state, unit);
  if (errand !== null && errand.on.step !== null) return { ok: false, error: unitStateForbids(unit, 'retry') };
  if (errand !== null) return { ok: true, events: [stepIssued(state, errand.on, errand.move, ctx.now, new Ahead())] };
  const { uid, name, incarnation } = unit;
  const data = { uid, unit: name, incarnation, step: 'member-add', reason: 'no other member serves' } as const;
  return { ok: true, events: [{ stream: `unit/${uid}`, type: 'StepSkipped', version: 1, data }] };
};
