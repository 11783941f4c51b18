import type { ServiceState } from '../state.ts';
import { manifestOf, tallyOf, liveUnitsOf } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';

/**
 * Why a unit may not start yet, or null: each non-optional `requires` must be related, and a first start waits until it is
 * known where its fellow members are, since a quorum forms from them. A fellow that cannot be placed is not waited for.
 */
export const startBlock = (state: ServiceState, unit: UnitRow): string | null => {
  const unrelated = manifestOf(state, unit.programUid).requires.filter(({ optional }) => !optional);
  if (unrelated.length > 0) return `waits for ${unrelated.map(({ name }) => name).join(', ')}: unrelated`;
  if (unit.deployed || tallyOf(state, unit.serviceUid).unplaced === 0) return null;
  const fellow = liveUnitsOf(state, unit.serviceUid).find(
    ({ binding, placement }) => binding === null && placement === null,
  );
  return fellow === undefined ? null : `waits for its member ${fellow.name} to get a machine`;
};
