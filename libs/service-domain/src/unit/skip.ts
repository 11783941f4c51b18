import type { Ctx } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import { skipNeedsReason, unitStateForbids } from './errors.ts';
import type { UnitRow } from './state.ts';
import type { VerbOutcome } from './verb.ts';

/** FAILED → the failed step counts as done, by a person's word. */
export const skipUnit = (_state: ServiceState, unit: UnitRow, { reason }: Ctx): VerbOutcome => {
  if (unit.failed === null) return { ok: false, error: unitStateForbids(unit, 'skip') };
  if (reason === null || reason.trim() === '') return { ok: false, error: skipNeedsReason(unit) };
  const { uid, name, incarnation } = unit;
  const data = { uid, unit: name, incarnation, step: unit.failed.step, reason };
  return { ok: true, events: [{ stream: `unit/${uid}`, type: 'StepSkipped', version: 1, data }] };
};
