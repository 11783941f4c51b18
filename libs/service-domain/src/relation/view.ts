import type { RelationView } from '@yiqiu/contracts';
import type { ListOptions, Page } from '../paging.ts';
import { pageOf, passes } from '../paging.ts';
import type { ServiceState } from '../state.ts';
import { seenOf } from './seen.ts';
import type { RelationRow } from './state.ts';

const viewOf = (state: ServiceState, relation: RelationRow): RelationView => {
  const { uid, requirer, provider } = relation;
  const { ready, service, units } = seenOf(state, relation);
  return {
    id: uid,
    requirer: `${requirer.service}:${requirer.endpoint}`,
    provider: `${provider.service}:${provider.endpoint}`,
    interface: relation.interface,
    ready,
    data: { service, units: Object.fromEntries(units.map((unit) => [String(unit.ordinal), { ...unit }])) },
  };
};

/** What each requirer sees. Filters: `group`, `service`. */
export const listRelations = (state: ServiceState, options: ListOptions): Page<RelationView> => {
  const { filters } = options;
  const rows = [...state.relations.values()].filter(({ requirer, provider }) => {
    const services = [requirer.service, provider.service];
    const ofGroup = services.some((name) => passes(filters, 'group', name.slice(0, name.indexOf('/'))));
    return ofGroup && services.some((name) => passes(filters, 'service', name));
  });
  return pageOf(
    rows,
    ({ requirer, provider, uid }) => `${requirer.service}:${requirer.endpoint} ${provider.service} ${uid}`,
    (row) => viewOf(state, row),
    options,
  );
};

export const getRelation = (state: ServiceState, uid: string): RelationView | null => {
  const row = state.relations.get(uid);
  return row === undefined ? null : viewOf(state, row);
};
