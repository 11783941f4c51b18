import { dataStays } from '../move/offer.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf } from '../state.ts';
import type { Binding, UnitRow } from '../unit/state.ts';
import type { Move } from './next-move.ts';

const wait = (message: string): Move => ({ do: 'wait', message });

/**
 * What becomes of a unit whose machine is lost, or is to be left; null where neither is so. It moves at once where two
 * copies do no harm (`fencing: none`), where the old one is proven gone, or has reported that it was stopped.
 */
export const lossMove = (state: ServiceState, unit: UnitRow, { machine }: Binding, reported: boolean): Move | null => {
  if (unit.offer === null) return unit.fenced ? wait(withoutPlace(state, unit, machine)) : null;
  const stopped = unit.ended.includes('stop') || unit.lastCommand === null || unit.stopped;
  if (unit.fenced || stopped || manifestOf(state, unit.programUid).fencing === 'none') return { do: 'migrate' };
  if (unit.step !== null)
    return wait(`moves to ${unit.offer.binding.machine} when ${machine} is fenced or its agent has stopped it`);
  if (unit.failed !== null && !reported)
    return wait(`moves when ${machine} is fenced, or its agent is back: it could not be stopped there`);
  return { do: 'issue', step: 'stop', reason: 'migrate', changed: [] };
};

const withoutPlace = (state: ServiceState, unit: UnitRow, machine: string): string =>
  unit.waits || dataStays(state, unit)
    ? `its data is on ${machine}: waits for that machine to be repaired, or for a person`
    : (unit.placement ?? `was on ${machine}; waits for a place on another machine`);
