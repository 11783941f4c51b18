import { placementFilters, roughFilter, seat } from './fit.ts';
import type { Need, PlacementFilter } from './fit.ts';
import type { PlacementRequest } from './state.ts';
import type { Tentative } from './tentative.ts';

export type FilterCounts = { readonly [filter in PlacementFilter]?: number };

export interface Explanation {
  readonly message: string;
  /** Machines by the filter they fell to, adding up to all; empty where none was asked. */
  readonly filters: FilterCounts;
}

const reasons: { readonly [filter in PlacementFilter]: (request: PlacementRequest) => string } = {
  pool: ({ pools }) => `not in pool ${pools.join(', ')}`,
  state: () => 'not READY',
  suspect: () => 'suspect',
  labels: ({ placement }) =>
    `without ${Object.entries(placement.labels)
      .map(([label, value]) => `${label}=${value}`)
      .join(', ')}`,
  'capacity-unknown': () => 'of unknown capacity',
  cpu: () => 'short of CPU',
  memory: () => 'short of memory',
  disk: () => 'short of disk',
  port: ({ ports }) => {
    const pins = ports.flatMap(({ pin }) => (pin === null ? [] : [pin]));
    return pins.length === 0 ? 'without a free port' : `where a port of ${pins.join(', ')} is taken`;
  },
  home: () => 'where the directory is taken',
  together: () => 'with room for a part only',
};

const messageLengthMax = 4_096;

/**
 * Why a request fits nowhere: each machine under the first filter that it falls to. `together`: how many requests were to be
 * placed at once; a machine where one of them would fit is counted too, for all of them do not.
 */
export const explain = (tentative: Tentative, need: Need, together = 1): Explanation => {
  const { request } = need;
  const { hosts } = tentative.state;
  if (hosts.size === 0) return { message: 'there is no machine', filters: {} };
  const fallen = new Map<PlacementFilter, number>();
  for (const host of hosts.values()) {
    const use = tentative.useOf(host.machineUid);
    const rough = roughFilter(host, use, need);
    const seated = rough ?? seat(host, use, need);
    const filter = typeof seated === 'string' ? seated : 'together';
    fallen.set(filter, (fallen.get(filter) ?? 0) + 1);
  }
  const counted = placementFilters.flatMap((filter) => {
    const count = fallen.get(filter);
    return count === undefined ? [] : [{ filter, count }];
  });
  const parts = counted.map(({ filter, count }) => `${count} ${reasons[filter](request)}`).join('; ');
  const what = together === 1 ? 'fits' : `has room; ${together} were asked for together, all or none`;
  return {
    message: `none of ${hosts.size} machine(s) ${what}: ${parts}`.slice(0, messageLengthMax),
    filters: Object.fromEntries(counted.map(({ filter, count }) => [filter, count])),
  };
};
