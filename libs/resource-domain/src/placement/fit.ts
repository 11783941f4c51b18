import type { Resources } from '@yiqiu/contracts';
import type { Host } from '../host/state.ts';
import { homeFor } from './home.ts';
import type { HostUse } from './host-use.ts';
import { assignPorts } from './ports.ts';
import type { PlacementRequest } from './state.ts';

/** What a machine may fall to, in the order in which it is asked; it is counted under the first. */
export const placementFilters = [
  'pool',
  'state',
  'suspect',
  'labels',
  'capacity-unknown',
  'cpu',
  'memory',
  'disk',
  'port',
  'home',
] as const;
export type PlacementFilter = (typeof placementFilters)[number];

/** What the request would get on a machine. */
export interface Fit {
  readonly host: Host;
  readonly ports: { readonly [name: string]: number };
  readonly home: string;
  /** Free after it, each resource as a part of its capacity, summed: 0 to 3. Compared only, never stored. */
  readonly freeAfter: number;
}

/** Whether a request fits on a machine beside what is there, or the filter that it falls to. */
export const fit = (
  host: Host,
  use: HostUse,
  request: PlacementRequest,
  resources: Resources,
): Fit | PlacementFilter => {
  if (!request.pools.includes(host.pool)) return 'pool';
  if (host.state !== 'READY') return 'state';
  if (host.suspect) return 'suspect';
  if (!hasLabels(host, request.placement.labels)) return 'labels';
  const { capacity } = host;
  if (capacity === null) return 'capacity-unknown';
  const { allocated } = use;
  if (allocated.cpuMilli + resources.cpuMilli > capacity.cpuMilli) return 'cpu';
  if (allocated.memoryMiB + resources.memoryMiB > capacity.memoryMiB) return 'memory';
  if (allocated.diskMiB + resources.diskMiB > capacity.diskMiB) return 'disk';
  const ports = assignPorts(request.ports, (port) => use.ports.has(port) || host.foreignPorts.includes(port));
  if (ports === null) return 'port';
  const home = homeFor(request.service, request.ports, ports, (name) => use.homes.has(name));
  if (home === null) return 'home';
  const freeAfter =
    share(capacity.cpuMilli, allocated.cpuMilli + resources.cpuMilli) +
    share(capacity.memoryMiB, allocated.memoryMiB + resources.memoryMiB) +
    share(capacity.diskMiB, allocated.diskMiB + resources.diskMiB);
  return { host, ports, home, freeAfter };
};

const hasLabels = (host: Host, selector: { readonly [label: string]: string }): boolean =>
  Object.entries(selector).every(([label, value]) => host.labels[label] === value);

const share = (capacity: number, taken: number): number => (capacity === 0 ? 0 : (capacity - taken) / capacity);
