import type { GroupView } from '@yiqiu/contracts';
import type { ListOptions, Page } from '../paging.ts';
import { pageOf } from '../paging.ts';
import type { ServiceState } from '../state.ts';
import { groupNamed, servicesOf } from '../state.ts';
import type { GroupRow } from './state.ts';

const viewOf = (state: ServiceState, { uid, name, revision }: GroupRow): GroupView => ({
  name,
  revision,
  services: servicesOf(state, uid)
    .map((service) => service.name)
    .sort(),
  relations: [...state.relations.values()]
    .filter(({ groupUid }) => groupUid === uid)
    .map(({ requirer, provider }) => ({
      from: `${requirer.service}:${requirer.endpoint}`,
      to: `${provider.service}:${provider.endpoint}`,
    })),
  virtual: [...state.virtuals.values()]
    .filter(({ groupUid }) => groupUid === uid)
    .map((virtual) => virtual.name)
    .sort(),
});

export const getGroup = (state: ServiceState, name: string): GroupView | null => {
  const group = groupNamed(state, name);
  return group === null ? null : viewOf(state, group);
};

export const listGroups = (state: ServiceState, options: ListOptions): Page<GroupView> =>
  pageOf(
    [...state.groups.values()],
    ({ name }) => name,
    (group) => viewOf(state, group),
    options,
  );
