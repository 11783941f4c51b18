import type { Resources } from '@yiqiu/contracts';
import { packageNamed } from '../package/index.ts';
import type { Package } from '../package/index.ts';
import { fit, placementFilters } from './fit.ts';
import type { Fit, PlacementFilter } from './fit.ts';
import { byPreference } from './spread.ts';
import type { PlacementRequest } from './state.ts';
import type { Tentative } from './tentative.ts';

export type FilterCounts = { readonly [filter in PlacementFilter]?: number };

export type Placement =
  | { readonly placed: true; readonly fit: Fit; readonly package: Package; readonly resources: Resources }
  /** `package` null where it is unknown; `filters`: machines by the filter they fell to, empty where none was asked. */
  | {
      readonly placed: false;
      readonly package: Package | null;
      readonly message: string;
      readonly filters: FilterCounts;
    };

/**
 * Where a request goes now: filter, prefer, deterministic tie-break. Looks at every machine once.
 * An ordinal that a live container of the service holds is not given a second time: the request waits for its release.
 */
export const place = (tentative: Tentative, request: PlacementRequest): Placement => {
  const { state } = tentative;
  const known = packageNamed(state, request.package);
  if (known === undefined) return waits(null, `there is no package ${request.package}`);
  if (request.ports.length > known.ports) {
    const message = `${request.program} wants ${request.ports.length} ports, package ${known.name} allows ${known.ports}`;
    return waits(known, message);
  }
  const holder = tentative.replicasOf(request.serviceUid).find(({ ordinal }) => ordinal === request.ordinal);
  if (holder !== undefined) {
    return waits(known, `ordinal ${request.ordinal} is still held by container ${holder.uid}`);
  }
  const resources = { cpuMilli: known.cpuMilli, memoryMiB: known.memoryMiB, diskMiB: known.diskMiB };
  const isBetter = byPreference(tentative, request.serviceUid, request.placement);
  const fallen = new Map<PlacementFilter, number>();
  let best: Fit | null = null;
  for (const host of state.hosts.values()) {
    const result = fit(host, tentative.useOf(host.machineUid), request, resources);
    if (typeof result === 'string') fallen.set(result, (fallen.get(result) ?? 0) + 1);
    else if (best === null || isBetter(result, best) < 0) best = result;
  }
  if (best !== null) return { placed: true, fit: best, package: known, resources };
  return { placed: false, package: known, ...explain(request, state.hosts.size, fallen) };
};

const waits = (known: Package | null, message: string): Placement => ({
  placed: false,
  package: known,
  message,
  filters: {},
});

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
};

const messageLengthMax = 4_096;

/** Filters in their order, whatever the order of the machines. */
const explain = (
  request: PlacementRequest,
  machines: number,
  fallen: ReadonlyMap<PlacementFilter, number>,
): { readonly message: string; readonly filters: FilterCounts } => {
  const counted = placementFilters.flatMap((filter) => {
    const count = fallen.get(filter);
    return count === undefined ? [] : [{ filter, count }];
  });
  const parts = counted.map(({ filter, count }) => `${count} ${reasons[filter](request)}`);
  const message = machines === 0 ? 'there is no machine' : `none of ${machines} machine(s) fits: ${parts.join('; ')}`;
  return {
    message: message.slice(0, messageLengthMax),
    filters: Object.fromEntries(counted.map(({ filter, count }) => [filter, count])),
  };
};
