import { addTo, dropFrom } from '../indexes.ts';
import type { ServiceState } from '../state.ts';
import type { RelationRow, VirtualRow } from './state.ts';

export const indexRelation = (state: ServiceState, { uid, requirer, provider }: RelationRow): void => {
  addTo(state.index.relationsOfRequirer, requirer.serviceUid, uid);
  addTo(state.index.relationsOfProvider, provider.serviceUid, uid);
};

export const unindexRelation = (state: ServiceState, { uid, requirer, provider }: RelationRow): void => {
  dropFrom(state.index.relationsOfRequirer, requirer.serviceUid, uid);
  dropFrom(state.index.relationsOfProvider, provider.serviceUid, uid);
  state.index.signatures.delete(uid);
};

export const indexVirtual = (state: ServiceState, { uid, name }: VirtualRow): void => {
  state.index.virtualByName.set(name, uid);
};

/** Relations in which a service asks, in the order of their uids, which is that of their making. */
export const relationsOfRequirer = (state: ServiceState, serviceUid: string): RelationRow[] =>
  rows(state, state.index.relationsOfRequirer.get(serviceUid));

/** Relations in which a service is asked. */
export const relationsOfProvider = (state: ServiceState, serviceUid: string): RelationRow[] =>
  rows(state, state.index.relationsOfProvider.get(serviceUid));

const rows = (state: ServiceState, uids: ReadonlySet<string> | undefined): RelationRow[] =>
  [...(uids ?? [])].sort().flatMap((uid) => state.relations.get(uid) ?? []);

/** What others see of a service has changed: its members, what its requirers see. */
export const touchService = (state: ServiceState, serviceUid: string): void => {
  state.index.signatures.delete(serviceUid);
  for (const uid of state.index.relationsOfProvider.get(serviceUid) ?? []) state.index.signatures.delete(uid);
  for (const { name } of state.index.manifests.get(state.services.get(serviceUid)?.spec.program.uid ?? '')?.peers ?? [])
    state.index.peerSums.delete(peersKey(serviceUid, name));
};

export const peersKey = (serviceUid: string, endpoint: string): string => `${serviceUid} ${endpoint}`;
