import type { EnvelopeOf } from '../events.ts';
import { textOf } from '../json-text.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import { indexRelation, indexVirtual, touchService, unindexRelation } from './index-relation.ts';

export const evolveRelationAdded = (state: ServiceState, { data }: EnvelopeOf<'RelationAdded'>): void => {
  const { uid, groupUid, requirer, provider } = data;
  const row = { uid, groupUid, requirer: { ...requirer }, provider: { ...provider }, interface: data.interface };
  state.relations.set(uid, row);
  indexRelation(state, row);
};

export const evolveRelationRemoved = (state: ServiceState, { data }: EnvelopeOf<'RelationRemoved'>): void => {
  const row = must(state.relations.get(data.uid), `relation ${data.uid}`);
  unindexRelation(state, row);
  state.relations.delete(row.uid);
};

export const evolveRelationDataSet = (state: ServiceState, { data }: EnvelopeOf<'RelationDataSet'>): void => {
  const { serviceUid, unitUid, endpoint } = data;
  const bags =
    unitUid === null
      ? must(state.services.get(serviceUid), `service ${serviceUid}`).bags
      : must(state.units.get(unitUid), `unit ${unitUid}`).bags;
  bags[endpoint] = textOf(data.data);
  touchService(state, serviceUid);
};

export const evolveVirtualServiceSet = (state: ServiceState, { data }: EnvelopeOf<'VirtualServiceSet'>): void => {
  const { uid, groupUid, name, provides, service, units } = data;
  const row = { uid, groupUid, name, provides, service: textOf(service), units: units.map(textOf) };
  state.virtuals.set(uid, row);
  indexVirtual(state, row);
  touchService(state, uid);
};

export const evolveVirtualServiceRemoved = (
  state: ServiceState,
  { data }: EnvelopeOf<'VirtualServiceRemoved'>,
): void => {
  state.virtuals.delete(data.uid);
  state.index.virtualByName.delete(data.name);
};
