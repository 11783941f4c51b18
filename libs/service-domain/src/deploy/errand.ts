import { servingUnits } from '../relation/seen.ts';
import type { ServiceRow } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf } from '../state.ts';
import type { BoundUnit } from '../unit/place.ts';
import { isLeader } from '../unit/place.ts';
import type { UnitRow } from '../unit/state.ts';
import type { Move } from './next-move.ts';

/** A step that is done on one unit for the sake of another. */
export interface Errand {
  readonly on: BoundUnit;
  readonly move: Extract<Move, { do: 'issue' }>;
}

/** The member that does errands: the leader, else the first that serves; null where none but the unit itself does. */
const helperOf = (state: ServiceState, serviceUid: string, name: string): BoundUnit | null => {
  const others = servingUnits(state, serviceUid).filter((other) => other.name !== name);
  return others.find((other) => isLeader(state, other)) ?? others[0] ?? null;
};

/**
 * What a newcomer's first start waits for, where its program has hook `member-add`: that it was run on one healthy other
 * member. Null: nothing, or there is no other.
 */
export const joinErrand = (state: ServiceState, unit: UnitRow): Errand | null => {
  if (unit.joined || manifestOf(state, unit.programUid).hooks['member-add'] === undefined) return null;
  const helper = helperOf(state, unit.serviceUid, unit.name);
  return helper === null ? null : errand(helper, 'member-add', unit);
};

/** What the others still have to be told of a member that has gone for good. */
export const farewellErrand = (state: ServiceState, { uid, farewells }: ServiceRow): Errand | null => {
  const [name] = farewells;
  if (name === undefined) return null;
  const helper = helperOf(state, uid, name);
  return helper === null || helper.step !== null
    ? null
    : errand(helper, 'member-remove', { name, leaving: 'scale-in' });
};

const errand = (
  on: BoundUnit,
  step: 'member-add' | 'member-remove',
  { name, leaving }: Pick<UnitRow, 'name' | 'leaving'>,
): Errand => {
  const reason = step === 'member-remove' ? (leaving ?? 'remove') : 'members';
  return { on, move: { do: 'issue', step, reason, changed: [], member: name } };
};
