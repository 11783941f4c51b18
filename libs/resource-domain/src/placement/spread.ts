import type { PlacementRules } from '@yiqiu/contracts';
import type { Host } from '../host/state.ts';
import type { Shelf } from './shelf.ts';
import type { Tentative } from './tentative.ts';

type Level = PlacementRules['spread'][number];

/** `rack` and `zone` null: all machines that name none are one place. */
const placeOf = (host: Host, level: Level): string => {
  switch (level) {
    case 'machine':
      return host.machineUid;
    case 'rack':
      return host.rack ?? '';
    case 'zone':
      return host.zone ?? '';
  }
};

/** Always asked: the rules' own order, and machine at the end, so that two replicas share one only where they must. */
const levelsOf = ({ spread }: PlacementRules): readonly Level[] =>
  spread.includes('machine') ? spread : [...spread, 'machine'];

/** A machine that passed the rough filters. */
export interface Candidate {
  readonly host: Host;
  /** What stays free after it, as `freeOf` has it. */
  readonly freeAfter: number;
}

interface Spread {
  readonly level: Level;
  /** Replicas of the service by place; a place without any is absent. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Orders machines, best first: fewest replicas of the service in the same place, level by level as the rules have them
 * (spreading is preferred, never required); then the most that stays free; then the name, then the uid. Total and the same
 * everywhere.
 */
export class Preference {
  readonly #levels: readonly Spread[];

  constructor(tentative: Tentative, serviceUid: string, rules: PlacementRules) {
    const hosts = tentative.hostsOf(serviceUid);
    this.#levels = hosts.length === 0 ? [] : levelsOf(rules).map((level) => ({ level, counts: countBy(hosts, level) }));
  }

  compare(a: Candidate, b: Candidate): number {
    for (const { level, counts } of this.#levels) {
      const difference = (counts.get(placeOf(a.host, level)) ?? 0) - (counts.get(placeOf(b.host, level)) ?? 0);
      if (difference !== 0) return difference;
    }
    if (a.freeAfter !== b.freeAfter) return b.freeAfter - a.freeAfter;
    return byText(a.host.machine, b.host.machine) || byText(a.host.machineUid, b.host.machineUid);
  }

  /** For each level the fewest replicas that a place of the shelf has: no machine on it is spread better. */
  bestOn(shelf: Shelf): readonly number[] {
    return this.#levels.map(({ level, counts }) => fewest(shelf, level, counts));
  }

  /** Whether a machine is spread as well as `best` says. */
  isSpread(host: Host, best: readonly number[]): boolean {
    return this.#levels.every(({ level, counts }, n) => (counts.get(placeOf(host, level)) ?? 0) === best[n]);
  }
}

const fewest = (shelf: Shelf, level: Level, counts: ReadonlyMap<string, number>): number => {
  if (level === 'machine' && counts.size < shelf.entries.length) return 0;
  let least = Infinity;
  for (const place of placesOn(shelf, level)) {
    least = Math.min(least, counts.get(place) ?? 0);
    if (least === 0) break;
  }
  return least;
};

const placesOn = (shelf: Shelf, level: Level): Iterable<string> => {
  switch (level) {
    case 'machine':
      return shelf.entries.map(({ host }) => host.machineUid);
    case 'rack':
      return shelf.racks.keys();
    case 'zone':
      return shelf.zones.keys();
  }
};

const countBy = (hosts: readonly Host[], level: Level): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const host of hosts) {
    const place = placeOf(host, level);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
};

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
