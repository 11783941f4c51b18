import type { EnvelopeOf } from '../events.ts';
import { addTo, dropFrom } from '../indexes.ts';
import { textOf } from '../json-text.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import type { ServiceRow } from './state.ts';
import { revisionsKept } from './state.ts';

const serviceOf = (state: ServiceState, uid: string): ServiceRow => must(state.services.get(uid), `service ${uid}`);

export const indexService = (state: ServiceState, service: ServiceRow): void => {
  state.index.serviceByName.set(service.name, service.uid);
  addTo(state.index.servicesOfGroup, service.groupUid, service.uid);
};

export const evolveServiceCreated = (state: ServiceState, { data }: EnvelopeOf<'ServiceCreated'>): void => {
  const service: ServiceRow = {
    uid: data.uid,
    name: data.name,
    groupUid: data.groupUid,
    group: data.group,
    spec: data.spec,
    desired: data.desired,
    revisions: [],
    removing: false,
    touched: { units: false, config: [] },
    incarnations: {},
    seed: null,
    seedDue: false,
    farewells: [],
    bags: {},
    leader: { epoch: 0, now: null, stays: false, wanted: null },
  };
  state.services.set(service.uid, service);
  indexService(state, service);
};

export const evolveServiceRevised = (state: ServiceState, { data }: EnvelopeOf<'ServiceRevised'>): void => {
  serviceOf(state, data.uid).spec = data.spec;
};

/** Until an apply says the same number, it is a person's own. */
export const evolveServiceScaled = (state: ServiceState, { data }: EnvelopeOf<'ServiceScaled'>): void => {
  const service = serviceOf(state, data.uid);
  service.desired = data.to;
  service.touched.units = true;
};

export const evolveConfigRevised = (state: ServiceState, { data, time, meta }: EnvelopeOf<'ConfigRevised'>): void => {
  const service = serviceOf(state, data.uid);
  const revision = {
    revision: data.revision,
    at: time,
    actor: meta.actor,
    values: textOf(data.values),
    config: textOf(data.config),
    changed: data.changed,
  };
  service.revisions = [...service.revisions, revision].slice(-revisionsKept);
  if (data.revision > 1) service.touched.config = [...new Set([...service.touched.config, ...data.changed])].sort();
};

export const evolveServiceRemoveRequested = (
  state: ServiceState,
  { data }: EnvelopeOf<'ServiceRemoveRequested'>,
): void => {
  serviceOf(state, data.uid).removing = true;
};

export const evolveServiceRemoved = (state: ServiceState, { data }: EnvelopeOf<'ServiceRemoved'>): void => {
  const service = serviceOf(state, data.uid);
  state.services.delete(service.uid);
  state.index.serviceByName.delete(service.name);
  dropFrom(state.index.servicesOfGroup, service.groupUid, service.uid);
};
