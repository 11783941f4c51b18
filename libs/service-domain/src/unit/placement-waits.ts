import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';

export type NotePlacement = Command<
  'NotePlacement',
  { readonly unitUid: string; readonly requestId: string; readonly message: string }
>;

/** Keeps what the resource layer says a unit waits for. The same again, or for another request, changes nothing. Never refused. */
export const notePlacement = (state: ServiceState, { data }: NotePlacement): Decision<ServiceContextEvent> => {
  const unit = state.units.get(data.unitUid);
  if (unit === undefined || unit.binding !== null || unit.requestId !== data.requestId) return accept([]);
  if (unit.placement === data.message) return accept([]);
  const { uid, name, requestId } = unit;
  const waits = { uid, unit: name, requestId, message: data.message };
  return accept([{ stream: `unit/${uid}`, type: 'UnitPlacementWaits', version: 1, data: waits }]);
};
