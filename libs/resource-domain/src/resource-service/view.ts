import type { ResourceServiceView } from '@yiqiu/contracts';
import type { ResourceContextState } from '../state.ts';
import type { ResourceService } from './state.ts';

export const resourceServiceView = (service: ResourceService): ResourceServiceView => ({
  name: service.service,
  program: service.program,
  package: service.package,
  pools: [...service.pools],
  placement: { spread: [...service.placement.spread], labels: { ...service.placement.labels } },
});

export interface ResourceServiceFilters {
  /** `cache` */
  readonly group?: string;
  readonly pool?: string;
  readonly package?: string;
}

/** Services that match all filters given. */
export const servicesWhere = function* (
  state: ResourceContextState,
  { group, pool, package: packageName }: ResourceServiceFilters,
): Generator<ResourceService> {
  for (const service of state.services.values()) {
    if (group !== undefined && !service.service.startsWith(`${group}/`)) continue;
    if (pool !== undefined && !service.pools.includes(pool)) continue;
    if (packageName !== undefined && service.package !== packageName) continue;
    yield service;
  }
};
