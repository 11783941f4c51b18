import type { Ctx } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import type { UnitRow } from './state.ts';
import type { VerbOutcome } from './verb.ts';

/** Any bound state → STOPPING → STOPPED, once what is at work has ended. It stays so until `start`. */
export const stopUnit = (_state: ServiceState, { uid, name }: UnitRow, { reason }: Ctx): VerbOutcome => ({
  ok: true,
  events: [{ stream: `unit/${uid}`, type: 'UnitStopRequested', version: 1, data: { uid, unit: name, reason } }],
});
