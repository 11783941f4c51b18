import { machineView, poolView, type UnitView } from '@yiqiu/contracts';
import { z } from 'zod';
import { span } from '../../output/age.ts';
import type { Session } from './session.ts';

/** An observation older than this says nothing of now, ms; longer where a pool's lease is. */
const staleMsMin = 30_000;
/** Agents report at least this often within two leases. */
const leases = 2;

export interface Freshness {
  readonly now: number;
  readonly staleMs: number;
  /** Machines whose agents are away. */
  readonly away: ReadonlySet<string>;
}

/** How old an observation may be here, and which machines say nothing. */
export const freshnessOf = async (session: Session): Promise<Freshness> => {
  const [pools, machines] = await Promise.all([session.rest.all('/pools'), session.rest.all('/machines')]);
  const lease = Math.max(
    0,
    ...z
      .array(poolView)
      .parse(pools.items)
      .map(({ policy }) => policy.leaseMs),
  );
  const away = z
    .array(machineView)
    .parse(machines.items)
    .filter(({ agent }) => !agent.connected)
    .map(({ name }) => name);
  return { now: Date.now(), staleMs: Math.max(staleMsMin, lease * leases), away: new Set(away) };
};

/** States of units that run somewhere: only those are observed. */
const observed = ['RUNNING', 'DEGRADED', 'UPDATING'];

/** What a person is told: `unknown (was RUNNING 6 m ago)` where nobody has seen it lately. */
export const shownState = (
  { state, observedAt, machine }: Pick<UnitView, 'state' | 'observedAt' | 'machine'>,
  { now, staleMs, away }: Freshness,
): string => {
  if (!observed.includes(state)) return state;
  if (observedAt === null) return `unknown (was ${state})`;
  const age = now - Date.parse(observedAt);
  const isStale = age > staleMs || (machine !== null && away.has(machine));
  return isStale ? `unknown (was ${state} ${span(age)} ago)` : state;
};
