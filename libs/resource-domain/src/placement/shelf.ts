import type { Resources } from '@yiqiu/contracts';
import type { Host } from '../host/state.ts';
import type { ResourceContextState } from '../state.ts';
import { emptyUse } from './host-use.ts';
import type { HostUse } from './host-use.ts';

/** A machine that may have new containers, and what is taken of it. */
export interface Shelved {
  readonly host: Host;
  readonly use: HostUse;
  /** Free now, each resource as a part of its capacity, summed: 0 to 3. Compared only, never stored. */
  readonly free: number;
}

/**
 * Open machines of one pool and one capacity, the most free first, then by name and uid: an index, changed in place. As they
 * are equal in size, this is also their order by what stays free after any container.
 */
export interface Shelf {
  readonly pool: string;
  readonly entries: Shelved[];
  /** How many of them are in each zone and in each rack; '' for none. */
  readonly zones: Map<string, number>;
  readonly racks: Map<string, number>;
}

const nothing: HostUse = emptyUse();

/** Puts a machine where it belongs after it, or what is taken of it, has changed. */
export const reshelve = (state: ResourceContextState, machineUid: string): void => {
  const before = state.shelved.get(machineUid);
  if (before !== undefined) takeOut(state, before);
  const host = state.hosts.get(machineUid);
  if (host?.capacity == null || host.state !== 'READY' || host.suspect) return;
  const use = state.uses.get(machineUid) ?? nothing;
  const entry = { host, use, free: freeOf(host.capacity, use.allocated) };
  const shelf = shelfOf(state, host);
  shelf.entries.splice(indexOf(shelf.entries, entry), 0, entry);
  count(shelf.zones, host.zone, 1);
  count(shelf.racks, host.rack, 1);
  state.shelved.set(machineUid, entry);
};

const takeOut = (state: ResourceContextState, entry: Shelved): void => {
  const { host } = entry;
  const shelf = shelfOf(state, host);
  shelf.entries.splice(indexOf(shelf.entries, entry), 1);
  count(shelf.zones, host.zone, -1);
  count(shelf.racks, host.rack, -1);
  if (shelf.entries.length === 0) state.shelves.delete(keyOf(host));
  state.shelved.delete(host.machineUid);
};

const keyOf = ({ pool, capacity }: Host): string =>
  `${pool} ${capacity?.cpuMilli ?? 0} ${capacity?.memoryMiB ?? 0} ${capacity?.diskMiB ?? 0}`;

const shelfOf = (state: ResourceContextState, host: Host): Shelf => {
  const key = keyOf(host);
  const known = state.shelves.get(key);
  if (known !== undefined) return known;
  const shelf: Shelf = { pool: host.pool, entries: [], zones: new Map(), racks: new Map() };
  state.shelves.set(key, shelf);
  return shelf;
};

/** Each resource's free part of its capacity, summed. */
export const freeOf = (capacity: Resources, taken: Resources): number =>
  share(capacity.cpuMilli, taken.cpuMilli) +
  share(capacity.memoryMiB, taken.memoryMiB) +
  share(capacity.diskMiB, taken.diskMiB);

const share = (capacity: number, taken: number): number => (capacity === 0 ? 0 : (capacity - taken) / capacity);

/** Where an entry is, or belongs. */
const indexOf = (entries: readonly Shelved[], entry: Shelved): number => {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = entries[middle];
    if (other !== undefined && byFree(other, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

const byFree = (a: Shelved, b: Shelved): number =>
  b.free - a.free || byText(a.host.machine, b.host.machine) || byText(a.host.machineUid, b.host.machineUid);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const count = (counts: Map<string, number>, place: string | null, change: 1 | -1): void => {
  const now = (counts.get(place ?? '') ?? 0) + change;
  if (now === 0) counts.delete(place ?? '');
  else counts.set(place ?? '', now);
};
