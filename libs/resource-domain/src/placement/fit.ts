import type { Resources } from '@yiqiu/contracts';
import type { Host } from '../host/state.ts';
import { homeFor } from './home.ts';
import type { HostUse } from './host-use.ts';
import { assignPorts } from './ports.ts';
import { freeOf } from './shelf.ts';
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
  'together',
] as const;
export type PlacementFilter = (typeof placementFilters)[number];

/** A request, as far as machines are asked for it. */
export interface Need {
  readonly request: PlacementRequest;
  readonly resources: Resources;
  readonly labels: readonly (readonly [string, string])[];
}

export const needOf = (request: PlacementRequest, resources: Resources): Need => ({
  request,
  resources,
  labels: Object.entries(request.placement.labels),
});

/** What the request would get on a machine. */
export interface Fit {
  readonly host: Host;
  readonly ports: { readonly [name: string]: number };
  readonly home: string;
  /** What stays free after it, as `freeOf` has it. */
  readonly freeAfter: number;
}

/** The filters that cost next to nothing: asked of every machine. Null where it passes them. */
export const roughFilter = (host: Host, use: HostUse, { request, resources, labels }: Need): PlacementFilter | null => {
  if (!request.pools.includes(host.pool)) return 'pool';
  if (host.state !== 'READY') return 'state';
  if (host.suspect) return 'suspect';
  for (const [label, value] of labels) if (host.labels[label] !== value) return 'labels';
  const { capacity } = host;
  if (capacity === null) return 'capacity-unknown';
  const { allocated } = use;
  if (allocated.cpuMilli + resources.cpuMilli > capacity.cpuMilli) return 'cpu';
  if (allocated.memoryMiB + resources.memoryMiB > capacity.memoryMiB) return 'memory';
  if (allocated.diskMiB + resources.diskMiB > capacity.diskMiB) return 'disk';
  return null;
};

/** What stays free after it, as `freeOf` has it. */
export const freeAfter = ({ capacity }: Host, { allocated }: HostUse, { resources }: Need): number =>
  capacity === null
    ? 0
    : freeOf(capacity, {
        cpuMilli: allocated.cpuMilli + resources.cpuMilli,
        memoryMiB: allocated.memoryMiB + resources.memoryMiB,
        diskMiB: allocated.diskMiB + resources.diskMiB,
      });

/** Ports and directory on a machine, or the filter that it falls to. */
export const seat = (host: Host, use: HostUse, { request }: Need): Pick<Fit, 'ports' | 'home'> | PlacementFilter => {
  const ports = assignPorts(request.ports, (port) => use.ports.has(port) || host.foreignPorts.includes(port));
  if (ports === null) return 'port';
  const home = homeFor(request.service, request.ports, ports, (name) => use.homes.has(name));
  return home === null ? 'home' : { ports, home };
};
