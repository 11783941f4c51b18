import type { Ctx } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import type { UnitRow } from './state.ts';
import type { VerbOutcome } from './verb.ts';

/** STOPPED → on from where unit_deploy was, at `start` at the latest. */
export const startUnit = (_state: ServiceState, { uid, name }: UnitRow, { reason }: Ctx): VerbOutcome => ({
  ok: true,
  events: [{ stream: `unit/${uid}`, type: 'UnitStartRequested', version: 1, data: { uid, unit: name, reason } }],
});
