import type { ServiceContextEvent, UnitReport } from '@yiqiu/contracts';
import type { EventOf } from '../events.ts';
import { sameJson } from '../json-text.ts';
import { objectOf } from '../json-text.ts';
import { endpointNames } from '../program/manifest-view.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, manifestOf } from '../state.ts';
import { isLeader } from '../unit/place.ts';
import type { UnitRow } from '../unit/state.ts';

type Published = UnitReport['relationData'];

/** What a unit's hooks published, where it differs from what is known: whole bags. Endpoints that the program lacks are not taken. */
export const publishedEvents = (state: ServiceState, unit: UnitRow, published: Published): ServiceContextEvent[] => {
  const endpoints = endpointNames(manifestOf(state, unit.programUid));
  return endpoints.flatMap((endpoint) => {
    const { unit: own = {}, service = {} } = published[endpoint] ?? {};
    const events: EventOf<'RelationDataSet'>[] = [];
    if (!sameJson(own, bagOf(unit.bags, endpoint))) events.push(dataSet(unit, endpoint, own, false));
    const bags = state.services.get(unit.serviceUid)?.bags ?? {};
    if (speaksForService(state, unit, service) && !sameJson(service, bagOf(bags, endpoint)))
      events.push(dataSet(unit, endpoint, service, true));
    return events;
  });
};

const bagOf = (bags: { readonly [endpoint: string]: string }, endpoint: string) => {
  const text = bags[endpoint];
  return text === undefined ? {} : objectOf(text);
};

/** The leader's word holds for the service; without a leader that of the first unit, by ordinal, that has one. */
const speaksForService = (state: ServiceState, unit: UnitRow, bag: { readonly [key: string]: string }): boolean => {
  if (Object.keys(bag).length === 0) return false;
  if (isLeader(state, unit)) return true;
  if ((state.services.get(unit.serviceUid)?.leader.now ?? null) !== null) return false;
  const first = liveUnitsOf(state, unit.serviceUid).find(({ deployed, uid }) => deployed || uid === unit.uid);
  return first?.uid === unit.uid;
};

const dataSet = (
  { uid, name, serviceUid }: UnitRow,
  endpoint: string,
  data: { readonly [key: string]: string },
  whole: boolean,
): EventOf<'RelationDataSet'> => ({
  stream: whole ? `service/${serviceUid}` : `unit/${uid}`,
  type: 'RelationDataSet',
  version: 1,
  data: {
    serviceUid,
    service: name.slice(0, name.lastIndexOf('/')),
    unitUid: whole ? null : uid,
    unit: whole ? null : name,
    endpoint,
    data: { ...data },
  },
});
