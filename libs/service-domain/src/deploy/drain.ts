import { relationsOfProvider } from '../relation/index-relation.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf } from '../state.ts';
import { isLeader } from '../unit/place.ts';
import type { UnitRow } from '../unit/state.ts';
import type { Move } from './next-move.ts';

/**
 * What a unit that is to be stopped waits for: its requirers must not use it any more, and a leader hands over first. At
 * most until its drain deadline (`UnitDrained`).
 */
export const drainBlock = (state: ServiceState, unit: UnitRow): Move | null => {
  if (unit.drained) return null;
  const users = usersOf(state, unit);
  if (users.length > 0) {
    return { do: 'wait', message: `serves on until ${users.slice(0, 3).join(', ')} use it no more` };
  }
  const others = liveUnitsOf(state, unit.serviceUid).some(({ uid }) => uid !== unit.uid);
  const stays = state.services.get(unit.serviceUid)?.leader.stays === true;
  return others && !stays && isLeader(state, unit) ? { do: 'wait', message: 'leads on until another unit can' } : null;
};

/** Units of its requirers that were told its address, and not yet that it goes. */
const usersOf = (state: ServiceState, unit: UnitRow): string[] =>
  relationsOfProvider(state, unit.serviceUid).flatMap(({ requirer }) =>
    liveUnitsOf(state, requirer.serviceUid)
      .filter(({ deployed, fenced, failed }) => deployed && !fenced && failed === null)
      .filter(({ told }) => told.relations[requirer.endpoint]?.units.includes(unit.name) === true)
      .map(({ name }) => name),
  );
