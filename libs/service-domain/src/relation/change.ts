import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { ServiceState } from '../state.ts';
import { relationsOfProvider, relationsOfRequirer } from './index-relation.ts';
import type { RelationRow, VirtualRow } from './state.ts';

export const relationRemoved = ({ uid }: Pick<RelationRow, 'uid'>): ServiceContextEvent => ({
  stream: `relation/${uid}`,
  type: 'RelationRemoved',
  version: 1,
  data: { uid },
});

/** Every relation that a service, or a virtual one, is a side of. */
export const relationsEnded = (state: ServiceState, serviceUid: string): ServiceContextEvent[] => {
  const uids = [...relationsOfRequirer(state, serviceUid), ...relationsOfProvider(state, serviceUid)].map(
    ({ uid }) => uid,
  );
  return [...new Set(uids)].map((uid) => relationRemoved({ uid }));
};

export const virtualRemoved = (state: ServiceState, { uid, name }: VirtualRow): ServiceContextEvent[] => [
  ...relationsEnded(state, uid),
  { stream: `virtual/${uid}`, type: 'VirtualServiceRemoved', version: 1, data: { uid, name } },
];
