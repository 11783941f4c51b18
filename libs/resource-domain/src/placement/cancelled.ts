import type { ResourceContextEvent } from '@yiqiu/contracts';
import type { ResourceContextState } from '../state.ts';

/** Gives up a request that waits; none where it does not. */
export const cancelled = (state: ResourceContextState, requestId: string): readonly ResourceContextEvent[] => {
  const row = state.pending.get(requestId);
  if (row === undefined) return [];
  const { unitUid, unit } = row;
  return [
    { stream: `placement/${requestId}`, type: 'PlacementCancelled', version: 1, data: { requestId, unitUid, unit } },
  ];
};
