import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import { unitRemoved } from '../deploy/move-events.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, manifestOf, unitsOf } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import { requestUnits } from './request-units.ts';
import type { ServiceRow } from './state.ts';

export interface UnitDifference {
  readonly add: readonly number[];
  /** Ordinals that are wanted and still held by a unit on its way out: asked for when it is gone. */
  readonly later: readonly number[];
  /** Highest ordinals first. */
  readonly remove: readonly UnitRow[];
}

/**
 * What is missing, or too much, for a service to have `desired` units. New ones take the lowest ordinals that are free; one
 * that a ghost holds is not free, since what runs there is not known to have ended.
 */
export const unitDifference = (state: ServiceState, service: ServiceRow, desired: number): UnitDifference => {
  const live = liveUnitsOf(state, service.uid);
  if (live.length >= desired) {
    return { add: [], later: [], remove: live.slice(desired).reverse() };
  }
  const all = unitsOf(state, service.uid);
  const held = new Set(all.filter(({ ghost, goal }) => ghost || goal !== 'leave').map(({ ordinal }) => ordinal));
  const leaving = new Set(all.filter(({ ghost, goal }) => !ghost && goal === 'leave').map(({ ordinal }) => ordinal));
  const free: number[] = [];
  for (let ordinal = 0; live.length + free.length < desired; ordinal++) if (!held.has(ordinal)) free.push(ordinal);
  return {
    add: free.filter((ordinal) => !leaving.has(ordinal)),
    later: free.filter((ordinal) => leaving.has(ordinal)),
    remove: [],
  };
};

/** Sends units away for good. One that was never placed is gone at once. */
export const leaveUnits = (units: readonly UnitRow[], reason: 'scale-in' | 'remove'): ServiceContextEvent[] =>
  units.flatMap((unit): ServiceContextEvent[] => {
    const { uid, name, serviceUid, incarnation } = unit;
    const leaving: ServiceContextEvent = {
      stream: `unit/${uid}`,
      type: 'UnitLeaving',
      version: 1,
      data: { uid, unit: name, serviceUid, incarnation, reason },
    };
    return unit.binding === null ? [leaving, unitRemoved(unit)] : [leaving];
  });

/** Events that bring a service towards `desired` units. */
export const reconcileUnits = (
  state: ServiceState,
  service: ServiceRow,
  desired: number,
  ctx: Ctx,
): ServiceContextEvent[] => {
  const { add, remove } = unitDifference(state, service, desired);
  const manifest = manifestOf(state, service.spec.program.uid);
  return [...requestUnits(state, { ...service, manifest }, add, ctx), ...leaveUnits(remove, 'scale-in')];
};
