import type { PlacementRules } from '@yiqiu/contracts';
import type { Host } from '../host/state.ts';
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
  readonly freeAfter: number;
}

/**
 * Orders machines, best first: fewest replicas of the service in the same place, level by level as the rules have them
 * (spreading is preferred, never required); then the most that stays free; then the name, then the uid. Total and the same
 * everywhere.
 */
export const byPreference = (
  tentative: Tentative,
  serviceUid: string,
  rules: PlacementRules,
): ((a: Candidate, b: Candidate) => number) => {
  const machines = tentative.machinesOf(serviceUid);
  const levels =
    machines.length === 0
      ? []
      : levelsOf(rules).map((level) => ({ level, counts: countBy(tentative, machines, level) }));
  return (a, b) => {
    for (const { level, counts } of levels) {
      const difference = (counts.get(placeOf(a.host, level)) ?? 0) - (counts.get(placeOf(b.host, level)) ?? 0);
      if (difference !== 0) return difference;
    }
    if (a.freeAfter !== b.freeAfter) return b.freeAfter - a.freeAfter;
    return byText(a.host.machine, b.host.machine) || byText(a.host.machineUid, b.host.machineUid);
  };
};

const countBy = (tentative: Tentative, machines: readonly string[], level: Level): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const machineUid of machines) {
    const host = tentative.state.hosts.get(machineUid);
    if (host === undefined) continue;
    const place = placeOf(host, level);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
};

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
