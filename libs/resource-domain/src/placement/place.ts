import type { Resources } from '@yiqiu/contracts';
import { packageNamed } from '../package/index.ts';
import type { Package } from '../package/index.ts';
import type { Host } from '../host/state.ts';
import { explain } from './explain.ts';
import type { FilterCounts } from './explain.ts';
import { freeAfter, needOf, roughFilter, seat } from './fit.ts';
import type { Fit, Need } from './fit.ts';
import type { HostUse } from './host-use.ts';
import { Preference } from './spread.ts';
import type { PlacementRequest } from './state.ts';
import type { Tentative } from './tentative.ts';

export type Placed = {
  readonly placed: true;
  readonly fit: Fit;
  readonly package: Package;
  readonly resources: Resources;
};
/** `package` null where it is unknown; `filters`: machines by the filter they fell to, empty where none was asked. */
export type Unplaced = {
  readonly placed: false;
  readonly package: Package | null;
  readonly message: string;
  readonly filters: FilterCounts;
};
export type Placement = Placed | Unplaced;

/** What to do without machines: either what is needed of one, or why none is asked. */
const needFor = (
  tentative: Tentative,
  request: PlacementRequest,
  replaces: string | null,
): { readonly need: Need; readonly package: Package } | Unplaced => {
  const known = packageNamed(tentative.state, request.package);
  if (known === undefined) return waits(null, `there is no package ${request.package}`);
  if (request.ports.length > known.ports) {
    const message = `${request.program} wants ${request.ports.length} ports, package ${known.name} allows ${known.ports}`;
    return waits(known, message);
  }
  const holder = tentative.holderOf(request.serviceUid, request.ordinal, replaces);
  if (holder !== undefined) {
    return waits(known, `ordinal ${request.ordinal} is still held by container ${holder.uid}`);
  }
  const { cpuMilli, memoryMiB, diskMiB } = known;
  return { need: needOf(request, { cpuMilli, memoryMiB, diskMiB }), package: known };
};

const waits = (known: Package | null, message: string): Unplaced => ({
  placed: false,
  package: known,
  message,
  filters: {},
});

/**
 * Where a request goes now: filter, prefer, deterministic tie-break.
 * An ordinal that a container of the service holds is not given a second time, save to that container's replacement
 * (`replaces`): the request waits for its release.
 */
export const place = (tentative: Tentative, request: PlacementRequest, replaces: string | null = null): Placement => {
  const asked = needFor(tentative, request, replaces);
  if ('placed' in asked) return asked;
  const { need } = asked;
  const fit = bestOf(tentative, need);
  if (fit !== null) return { placed: true, fit, package: asked.package, resources: need.resources };
  return { placed: false, package: asked.package, ...explain(tentative, need) };
};

/**
 * The best machine. Each shelf is looked at in the order of its machines, only until one is spread as well as any on it can
 * be; those that this decision has changed are out of that order and are all looked at.
 */
const bestOf = (tentative: Tentative, need: Need): Fit | null => {
  const { serviceUid, placement, pools } = need.request;
  const search = new Search(new Preference(tentative, serviceUid, placement), need);
  const { changed, state } = tentative;
  for (const shelf of state.shelves.values()) {
    if (!pools.includes(shelf.pool)) continue;
    const best = search.preference.bestOn(shelf);
    for (const { host, use } of shelf.entries) {
      if (changed.size > 0 && changed.has(host.machineUid)) continue;
      if (search.look(host, use) && search.preference.isSpread(host, best)) break;
    }
  }
  for (const [machineUid, use] of changed) {
    const host = state.shelved.get(machineUid)?.host;
    if (host !== undefined) search.look(host, use);
  }
  return search.best;
};

class Search {
  readonly preference: Preference;
  readonly #need: Need;
  best: Fit | null = null;

  constructor(preference: Preference, need: Need) {
    this.preference = preference;
    this.#need = need;
  }

  /**
   * Keeps it where the request fits and it is better than the best so far; ports are looked at last, for they cost the most.
   * Whether a machine that is spread like it and has less free need not be looked at.
   */
  look(host: Host, use: HostUse): boolean {
    if (roughFilter(host, use, this.#need) !== null) return false;
    const candidate = { host, freeAfter: freeAfter(host, use, this.#need) };
    if (this.best !== null && this.preference.compare(candidate, this.best) >= 0) return true;
    const seated = seat(host, use, this.#need);
    if (typeof seated === 'string') return false;
    this.best = { ...candidate, ...seated };
    return true;
  }
}

/**
 * Whether resources, ports aside, allow less than `count` of the like of this request at once: a quick no, before each is
 * placed. Null where they allow it, or where no machine is asked.
 */
export const shortFor = (tentative: Tentative, request: PlacementRequest, count: number): Unplaced | null => {
  const asked = needFor(tentative, request, null);
  if ('placed' in asked) return null;
  const { need } = asked;
  let room = 0;
  for (const { host } of tentative.state.shelved.values()) {
    const use = tentative.useOf(host.machineUid);
    if (host.capacity === null || roughFilter(host, use, need) !== null) continue;
    room += roomOn(host.capacity, use.allocated, need.resources);
    if (room >= count) return null;
  }
  return { placed: false, package: asked.package, ...explain(tentative, need, count) };
};

const roomOn = (capacity: Resources, allocated: Resources, wanted: Resources): number => {
  const times = (free: number, each: number): number => (each === 0 ? Infinity : Math.floor(free / each));
  return Math.min(
    times(capacity.cpuMilli - allocated.cpuMilli, wanted.cpuMilli),
    times(capacity.memoryMiB - allocated.memoryMiB, wanted.memoryMiB),
    times(capacity.diskMiB - allocated.diskMiB, wanted.diskMiB),
  );
};

/** Why `count` requests that each fit do not fit together. */
export const explainTogether = (tentative: Tentative, request: PlacementRequest, count: number): Unplaced => {
  const asked = needFor(tentative, request, null);
  if ('placed' in asked) return asked;
  return { placed: false, package: asked.package, ...explain(tentative, asked.need, count) };
};
