import { isStale } from '../operation/progress.ts';
import type { ServiceRow } from '../service/state.ts';
import { changedSince, configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import type { Move } from './next-move.ts';
import { nextMove } from './next-move.ts';

/**
 * The next unit that is told the newest config, or null: one at a time, by ordinal, an unhealthy one first. Nobody is told
 * while a unit that knows it already is at work, failed or unhealthy: a bad config stops at its first unit.
 */
export const rolloutMove = (
  state: ServiceState,
  service: ServiceRow,
): { readonly unit: UnitRow; readonly move: Extract<Move, { do: 'issue' }> } | null => {
  const { revision } = configOf(service);
  const units = liveUnitsOf(state, service.uid).filter((unit) => unit.deployed && unit.goal === 'run');
  const stale = units.filter((unit) => isStale(unit, revision));
  if (stale.length === 0) return null;
  if (units.some((unit) => unit.step !== null || unit.failed !== null)) return null;
  if (units.some((unit) => !isStale(unit, revision) && !unit.health.ok)) return null;
  const free = stale.filter((unit) => unit.stage === 'up' && isFree(state, unit));
  const unit = free.find(({ health }) => !health.ok) ?? free[0];
  if (unit === undefined) return null;
  const changed = changedSince(service, unit.configRevision);
  return { unit, move: { do: 'issue', step: 'config-changed', reason: 'config', changed } };
};

/** Its agent's queue takes a command now. */
const isFree = (state: ServiceState, unit: UnitRow): boolean => {
  const move = nextMove(state, { ...unit, stage: 'config-changed' });
  return move.do === 'issue';
};
