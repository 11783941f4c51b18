import type { RevisionView, ServiceStateName, ServiceView } from '@yiqiu/contracts';
import { waitingFor } from '../deploy/waiting.ts';
import { objectOf } from '../json-text.ts';
import { isStale } from '../operation/progress.ts';
import type { ListOptions, Page } from '../paging.ts';
import { numberKey, pageOf, passes } from '../paging.ts';
import { programRefOf } from '../program/state.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, serviceNamed, tallyOf, unitsOf } from '../state.ts';
import { unitDifference } from './reconcile.ts';
import type { ServiceRow } from './state.ts';
import { configOf } from './state.ts';

/** A service in one word, by its units: the first that holds. */
export const serviceStateOf = (state: ServiceState, service: ServiceRow): ServiceStateName => {
  const { live, leaving, ready, failed, settled } = tallyOf(state, service.uid);
  if (service.removing) return 'REMOVING';
  if (failed > 0) return 'FAILED';
  if (live !== service.desired || leaving > 0) return 'SCALING';
  const { revision } = configOf(service);
  if (settled < live)
    return liveUnitsOf(state, service.uid).some(({ deployed }) => deployed) ? 'UPDATING' : 'DEPLOYING';
  if (ready === live)
    return liveUnitsOf(state, service.uid).some((unit) => isStale(unit, revision)) ? 'UPDATING' : 'RUNNING';
  return liveUnitsOf(state, service.uid).every((unit) => unit.state === 'STOPPED') ? 'STOPPED' : 'DEGRADED';
};

/** The first thing that one of its units waits for. */
const messageOf = (state: ServiceState, service: ServiceRow): string | null => {
  for (const unit of unitsOf(state, service.uid)) {
    const message = unit.ghost ? null : waitingFor(state, unit);
    if (message !== null) return message.startsWith(unit.name) ? message : `${unit.name}: ${message}`;
  }
  const { later } = unitDifference(state, service, service.desired);
  return later.length > 0 && !service.removing
    ? `ordinals ${later.join(', ')} are asked for again when they are free`
    : null;
};

export const serviceViewOf = (state: ServiceState, service: ServiceRow): ServiceView => {
  const config = configOf(service);
  return {
    name: service.name,
    group: service.group,
    program: programRefOf(service.spec.program),
    package: service.spec.package,
    pools: service.spec.pools,
    desired: service.desired,
    ready: tallyOf(state, service.uid).ready,
    config: objectOf(config.config),
    configRevision: config.revision,
    leader: service.leader.now?.ordinal ?? null,
    state: serviceStateOf(state, service),
    message: messageOf(state, service),
  };
};

export const getService = (state: ServiceState, name: string): ServiceView | null => {
  const service = serviceNamed(state, name);
  return service === null ? null : serviceViewOf(state, service);
};

/** Filters: `group`, `state`, `program`. */
export const listServices = (state: ServiceState, options: ListOptions): Page<ServiceView> => {
  const { filters } = options;
  const rows = [...state.services.values()].filter(
    (service) =>
      passes(filters, 'group', service.group) &&
      passes(filters, 'program', programRefOf(service.spec.program)) &&
      (filters?.['state'] === undefined || filters['state'] === serviceStateOf(state, service)),
  );
  return pageOf(
    rows,
    ({ name }) => name,
    (service) => serviceViewOf(state, service),
    options,
  );
};

/** Config revisions that are kept, oldest first; null where there is no such service. */
export const listConfigRevisions = (
  state: ServiceState,
  name: string,
  options: ListOptions,
): Page<RevisionView> | null => {
  const service = serviceNamed(state, name);
  if (service === null) return null;
  return pageOf(
    service.revisions,
    ({ revision }) => numberKey(revision),
    ({ revision, at, actor, config }) => ({ revision, at, actor, config: objectOf(config) }),
    options,
  );
};
