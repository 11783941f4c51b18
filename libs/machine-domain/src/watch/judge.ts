import type { Machine } from '../machine/state.ts';
import type { Pool } from '../pool/state.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import { countedNow, incidentOf, isInService, isWatched, type Incident } from './blast.ts';
import { hearingMs, type Observer } from './observer.ts';

/** What the observer knows of one machine. */
export type Sighting = {
  readonly machineUid: string;
  /** Since its last sign of life, ms of the observer's own clock; null: none since the observer's start. */
  readonly heardMs: number | null;
  /** What its fence driver can show of the machine itself, whatever its agent does. */
  readonly power: 'up' | 'down' | 'unknown';
};

export type Observation = {
  readonly observer: Observer;
  readonly sightings: readonly Sighting[];
};

/** A machine with its silence, ms, as far as the observer could hear. */
export interface Silence {
  readonly machine: Machine;
  readonly pool: Pool;
  readonly silentMs: number;
  readonly power: Sighting['power'];
}

export interface Verdict {
  readonly suspect: readonly Silence[];
  readonly clear: readonly Machine[];
  readonly thaw: readonly Pool[];
  readonly freeze: readonly { readonly pool: Pool; readonly incident: Incident }[];
  readonly fault: readonly Silence[];
  /** In ERROR_DETECTED already, and silent: what it ran is to be proved gone. */
  readonly fence: readonly Silence[];
}

interface Seen extends Silence {
  readonly heard: boolean;
  /** Suspect after this look. */
  readonly away: boolean;
}

const nothing: Verdict = { suspect: [], clear: [], thaw: [], freeze: [], fault: [], fence: [] };

/**
 * What follows from what the observer saw, at this instant. Silence beyond the lease makes a machine suspect, a sign of life
 * clears it. Silence beyond lease and hold-down is a fault of a machine in service, unless the observer is not healthy, the
 * machine is known to be up or in maintenance, its pool is frozen, or too many are away at once: then the pool is frozen.
 */
export const judge = (state: MachineContextState, { observer, sightings }: Observation, now: number): Verdict => {
  const hearing = hearingMs(observer);
  if (hearing < 0) return nothing;
  const seen = sightings.flatMap((sighting) => see(state, sighting, hearing));
  const away = new Set(seen.filter(isGone).map(({ machine }) => machine.uid));
  const lapsed = seen.filter((one) => one.away && one.silentMs > one.pool.policy.leaseMs + one.pool.policy.holdDownMs);
  const candidates = lapsed.filter((one) => isGone(one) && one.pool.frozen === null);
  const freeze = incidents(state, seen, candidates, countedNow(state, away, 'detector', now));
  const frozen = new Set(freeze.map(({ pool }) => pool.uid));
  const thaw = [...state.pools.values()].filter(
    (pool) =>
      pool.frozen !== null && !seen.some((one) => one.pool.uid === pool.uid && isGone(one) && !one.machine.waived),
  );
  return {
    suspect: seen.filter((one) => one.away && !one.machine.suspect),
    clear: seen.filter((one) => one.machine.suspect && !one.away).map(({ machine }) => machine),
    thaw,
    freeze,
    fault: candidates.filter(({ pool }) => !frozen.has(pool.uid)),
    fence: lapsed.filter(({ machine, pool }) => isUnproved(machine) && pool.frozen === null && !frozen.has(pool.uid)),
  };
};

const see = (
  state: MachineContextState,
  { machineUid, heardMs, power }: Sighting,
  hearing: number,
): readonly Seen[] => {
  const machine = state.machines.get(machineUid);
  if (machine === undefined || !isWatched(machine)) return [];
  const pool = must(state.pools.get(machine.poolUid), `pool ${machine.poolUid}`);
  const { leaseMs } = pool.policy;
  const silentMs = Math.min(heardMs ?? hearing, hearing);
  const heard = heardMs !== null && heardMs <= leaseMs;
  return [{ machine, pool, silentMs, power, heard, away: silentMs > leaseMs || (machine.suspect && !heard) }];
};

/** Lapsed as a machine, hold-down included, as far as anybody can tell. */
const isGone = ({ machine, away, power }: Seen): boolean =>
  away && isInService(machine) && power !== 'up' && !machine.maintenance;

const isUnproved = ({ state, fence, fenced }: Machine): boolean =>
  state === 'ERROR_DETECTED' && fence === null && !fenced;

/** At most one incident a pool. What a person resumed begins none. */
const incidents = (
  state: MachineContextState,
  seen: readonly Seen[],
  candidates: readonly Seen[],
  counted: ReadonlySet<string>,
): Verdict['freeze'] => {
  const dark = allDark(seen);
  const found = new Map<string, { pool: Pool; incident: Incident }>();
  for (const { machine, pool } of candidates) {
    if (machine.waived || found.has(pool.uid)) continue;
    const incident = dark ?? incidentOf(state, machine, counted);
    if (incident !== null) found.set(pool.uid, { pool, incident });
  }
  return [...found.values()];
};

/** Not one machine is heard of: then the observer is the patient. */
const allDark = (seen: readonly Seen[]): Incident | null => {
  const watched = seen.filter(({ machine }) => !machine.waived);
  if (watched.length === 0 || watched.some(({ away }) => !away)) return null;
  const machines = watched.map(({ machine }) => machine.name).sort();
  const message = `not one of ${machines.length} machine(s) is heard of: it is this observer or its network that is taken for the patient`;
  return { message, machines };
};
