import type { DeploymentView } from '@yiqiu/contracts';
import type { ListOptions, Page } from '../paging.ts';
import { numberKey, pageOf, passes } from '../paging.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf } from '../state.ts';
import type { DeploymentRow } from './state.ts';
import { failedBy, isBehind, isThere, isUnderway } from './units.ts';

const viewOf = (state: ServiceState, row: DeploymentRow): DeploymentView => {
  const service = state.services.get(row.serviceUid);
  const units = service === undefined ? [] : liveUnitsOf(state, service.uid);
  const going = row.endedAt === null && service !== undefined;
  return {
    id: row.uid,
    service: row.service,
    kind: row.kind,
    state: row.state,
    units: {
      total: units.length,
      done: going ? units.filter((unit) => isThere(service, unit)).length : units.length,
      failed: going ? units.filter((unit) => failedBy(row, unit)).length : 0,
    },
    batch: going ? units.filter((unit) => !isBehind(service, unit) && isUnderway(service, unit)).length : 0,
    message: row.message,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  };
};

export const getDeployment = (state: ServiceState, uid: string): DeploymentView | null => {
  const row = state.deployments.get(uid);
  return row === undefined ? null : viewOf(state, row);
};

/** In the order of their start. Filters: `service`, `state`, `kind`, `group`. */
export const listDeployments = (state: ServiceState, options: ListOptions): Page<DeploymentView> => {
  const { filters } = options;
  const rows = [...state.deployments.values()].filter(
    (row) =>
      passes(filters, 'service', row.service) &&
      passes(filters, 'group', row.service.slice(0, row.service.indexOf('/'))) &&
      passes(filters, 'state', row.state) &&
      passes(filters, 'kind', row.kind),
  );
  return pageOf(
    rows,
    ({ position, uid }) => `${numberKey(position)} ${uid}`,
    (row) => viewOf(state, row),
    options,
  );
};
