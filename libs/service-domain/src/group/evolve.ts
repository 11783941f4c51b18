import { serviceNameOf } from '@yiqiu/contracts';
import type { EnvelopeOf } from '../events.ts';
import type { JsonMap } from '../json-text.ts';
import { objectOf, sameJson, textOf } from '../json-text.ts';
import type { ServiceRow } from '../service/state.ts';
import { configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { must, serviceNamed } from '../state.ts';
import { documentOf } from './document-view.ts';
import type { GroupRow } from './state.ts';

const groupOf = (state: ServiceState, uid: string): GroupRow => must(state.groups.get(uid), `group ${uid}`);

export const evolveGroupCreated = (state: ServiceState, { data }: EnvelopeOf<'GroupCreated'>): void => {
  const group: GroupRow = { uid: data.uid, name: data.name, revision: 0, document: '{}', destroying: null };
  state.groups.set(group.uid, group);
  state.index.groupByName.set(group.name, group.uid);
};

/** What the document names and the services have now is nobody's own change any more. */
export const evolveGroupApplied = (state: ServiceState, { data }: EnvelopeOf<'GroupApplied'>): void => {
  const group = groupOf(state, data.uid);
  group.revision = data.revision;
  group.document = textOf(data.document);
  for (const [name, { units, config }] of Object.entries(documentOf(group.document).services)) {
    const service = serviceNamed(state, serviceNameOf(group.name, name));
    if (service !== null) forgetTouched(service, units, config);
  }
};

const forgetTouched = (service: ServiceRow, units: number | undefined, config: JsonMap): void => {
  const values = objectOf(configOf(service).values);
  const isOwn = (key: string): boolean => !Object.hasOwn(config, key) || !sameJson(values[key], config[key]);
  service.touched = {
    units: service.touched.units && units !== service.desired,
    config: service.touched.config.filter(isOwn),
  };
};

export const evolveGroupDestroyRequested = (
  state: ServiceState,
  { data }: EnvelopeOf<'GroupDestroyRequested'>,
): void => {
  groupOf(state, data.uid).destroying = { operation: data.operation };
};

export const evolveGroupRemoved = (state: ServiceState, { data }: EnvelopeOf<'GroupRemoved'>): void => {
  const group = groupOf(state, data.uid);
  state.groups.delete(group.uid);
  state.index.groupByName.delete(group.name);
};
