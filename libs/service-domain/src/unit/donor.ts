import { servingUnits } from '../relation/seen.ts';
import type { ServiceState } from '../state.ts';
import { isLeader } from './place.ts';
import type { UnitRow } from './state.ts';

/** A healthy member from which a unit can fill its data: the leader, else the first one; null where there is none. */
export const donorOf = (state: ServiceState, unit: UnitRow): string | null => {
  const others = servingUnits(state, unit.serviceUid).filter(({ uid }) => uid !== unit.uid);
  return (others.find((other) => isLeader(state, other)) ?? others[0])?.name ?? null;
};
