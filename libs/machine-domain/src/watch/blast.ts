import type { Machine } from '../machine/state.ts';
import type { Pool } from '../pool/state.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';

/** The second limit, of a pool, a rack or a zone; the first one is the pool's policy (docs: Blast radius). */
export const scopeLimit = { machines: 3, percent: 55 } as const;

interface Scope {
  /** `pool bj01` */
  readonly name: string;
  readonly has: (machine: Machine) => boolean;
  readonly limits: readonly { readonly machines: number; readonly percent: number }[];
}

/** What detection watches: a machine whose agent said hello, until it is offline. */
export const isWatched = ({ session, state }: Machine): boolean => session !== null && state !== 'OFFLINE';

/** Which a fault would take something from: containers may be on it. */
export const isInService = ({ state }: Machine): boolean => state === 'INITED' || state === 'READY';

/** Gone from service within the pool's window and not READY again; `by` null: whoever said so. */
const faultyWithin = (pool: Pool, { fault }: Machine, by: 'detector' | null, now: number): boolean =>
  fault !== null && (by === null || fault.by === by) && fault.at > now - pool.policy.blastWindowMs;

/**
 * The machines that count at this instant: those of `away` (lapsed now, hold-down included), and those that detection (`by`
 * null: whoever) put into ERROR_DETECTED within their pool's window and that are not READY again. What a person resumed does
 * not count until it is heard of again.
 */
export const countedNow = (
  state: MachineContextState,
  away: ReadonlySet<string>,
  by: 'detector' | null,
  now: number,
): ReadonlySet<string> => {
  const counted = new Set<string>();
  for (const machine of state.machines.values()) {
    if (machine.waived) continue;
    const pool = must(state.pools.get(machine.poolUid), `pool ${machine.poolUid}`);
    if (away.has(machine.uid) || faultyWithin(pool, machine, by, now)) counted.add(machine.uid);
  }
  return counted;
};

export interface Incident {
  readonly message: string;
  /** Names of what was counted, sorted. */
  readonly machines: readonly string[];
}

/** The first scope of this machine (its pool, rack, zone) whose limit the counted ones reach, or null. */
export const incidentOf = (
  state: MachineContextState,
  machine: Machine,
  counted: ReadonlySet<string>,
): Incident | null => {
  for (const scope of scopesOf(state, machine)) {
    const inScope = [...state.machines.values()].filter(
      (one) => scope.has(one) && (isWatched(one) || counted.has(one.uid)),
    );
    const hit = inScope.filter(({ uid }) => counted.has(uid));
    const limit = scope.limits.find(
      ({ machines, percent }) => hit.length >= machines && hit.length * 100 >= percent * inScope.length,
    );
    if (limit === undefined) continue;
    const machines = hit.map(({ name }) => name).sort();
    const shown = machines.length > 10 ? `${machines.slice(0, 10).join(', ')}, …` : machines.join(', ');
    const message = `${hit.length} of ${inScope.length} machines of ${scope.name} at once (${shown}); the limit is ${limit.machines} and ${limit.percent} %`;
    return { message, machines };
  }
  return null;
};

const scopesOf = (state: MachineContextState, { poolUid, rack, zone }: Machine): readonly Scope[] => {
  const { name, policy } = must(state.pools.get(poolUid), `pool ${poolUid}`);
  const ofPool = { machines: policy.blastMachines, percent: policy.blastPercent };
  const scopes: Scope[] = [
    { name: `pool ${name}`, has: (one) => one.poolUid === poolUid, limits: [ofPool, scopeLimit] },
  ];
  if (rack !== null) scopes.push({ name: `rack ${rack}`, has: (one) => one.rack === rack, limits: [scopeLimit] });
  if (zone !== null) scopes.push({ name: `zone ${zone}`, has: (one) => one.zone === zone, limits: [scopeLimit] });
  return scopes;
};

/**
 * What a person's verb on this machine would make of the present, or null: the limits bind manual verbs too, and count what
 * is suspect and what anybody took from service.
 */
export const incidentBy = (state: MachineContextState, machine: Machine, now: number): string | null => {
  const away = new Set([machine.uid]);
  for (const one of state.machines.values()) if (one.suspect && isInService(one)) away.add(one.uid);
  const counted = new Set(countedNow(state, away, null, now)).add(machine.uid);
  return incidentOf(state, machine, counted)?.message ?? null;
};
