import type { ServiceRow } from '../service/state.ts';
import { configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf } from '../state.ts';
import { isServing } from '../unit/lifecycle.ts';
import { isLeader } from '../unit/place.ts';
import type { UnitRow } from '../unit/state.ts';
import type { DeploymentRow } from './state.ts';

/** Has another version or an older configuration than its service. */
export const isBehind = (service: ServiceRow, unit: UnitRow): boolean =>
  unit.programUid !== service.spec.program.uid || (unit.deployed && unit.configRevision < configOf(service).revision);

/** Has what its service says, and serves. */
export const isThere = (service: ServiceRow, unit: UnitRow): boolean =>
  !isBehind(service, unit) && unit.update === null && unit.deployed && unit.stage === 'up' && isServing(unit);

/** Between what it had and what it is to have. */
export const isUnderway = (service: ServiceRow, unit: UnitRow): boolean => {
  if (unit.update !== null) return true;
  if (!unit.deployed) return unit.readyAt !== null && unit.failed === null && unit.offer === null && !unit.fenced;
  if (unit.stage !== 'up' || unit.step?.step === 'config-changed' || unit.step?.step === 'restart') return true;
  return !isBehind(service, unit) && !unit.health.ok;
};

/** Failed by what this roll-out brought it. */
export const failedBy = ({ startedAt, kind, to }: DeploymentRow, unit: UnitRow): boolean =>
  unit.failed !== null &&
  unit.failed.at >= startedAt &&
  (kind === 'config' || unit.update !== null || unit.programUid === to.programUid);

/** Units that have what their service says, came up with it, and are not well. */
export const unhealthyBy = (state: ServiceState, service: ServiceRow): UnitRow[] =>
  liveUnitsOf(state, service.uid).filter(
    (unit) => !isBehind(service, unit) && unit.deployed && unit.failed === null && !unit.health.ok,
  );

/** Those that run, in the order in which they have their turn: what does not serve, then followers, the leader last. */
export const inTurn = (state: ServiceState, service: ServiceRow): UnitRow[] => {
  const rank = (unit: UnitRow): number => (!isServing(unit) ? 0 : isLeader(state, unit) ? 2 : 1);
  return liveUnitsOf(state, service.uid)
    .filter(({ goal, binding, offer, fenced }) => goal === 'run' && binding !== null && offer === null && !fenced)
    .sort((a, b) => rank(a) - rank(b) || a.ordinal - b.ordinal);
};

/** Units that must go on serving, at least: percent of desired rounded down, or a number of units, whichever is more. */
export const floorOf = ({ desired, spec }: ServiceRow): number =>
  Math.max(Math.floor((desired * spec.update.minHealthyPercent) / 100), spec.update.minHealthyUnits ?? 0);
