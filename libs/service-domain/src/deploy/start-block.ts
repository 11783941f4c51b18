import type { ServiceState } from '../state.ts';
import { manifestOf, tallyOf, liveUnitsOf } from '../state.ts';
import { relationsOfRequirer } from '../relation/index-relation.ts';
import { seenOf } from '../relation/seen.ts';
import type { UnitRow } from '../unit/state.ts';

/**
 * Why a unit may not start yet, or null: each non-optional `requires` must be ready, and a first start waits until it is
 * known where its fellow members are, since a quorum forms from them. A fellow that cannot be placed is not waited for.
 */
export const startBlock = (state: ServiceState, unit: UnitRow): string | null => {
  for (const { name, optional } of manifestOf(state, unit.programUid).requires) {
    const blocked = optional ? null : relationBlock(state, unit, name);
    if (blocked !== null) return blocked;
  }
  if (unit.deployed || tallyOf(state, unit.serviceUid).unplaced === 0) return null;
  const fellow = liveUnitsOf(state, unit.serviceUid).find(
    ({ binding, placement }) => binding === null && placement === null,
  );
  return fellow === undefined ? null : `waits for its member ${fellow.name} to get a machine`;
};

/** What a relation at a required endpoint waits for, or null where it is ready. */
const relationBlock = (state: ServiceState, unit: UnitRow, endpoint: string): string | null => {
  const related = relationsOfRequirer(state, unit.serviceUid).filter(({ requirer }) => requirer.endpoint === endpoint);
  if (related.length === 0) return `waits for ${endpoint}: it is not related to anything`;
  const missing = related.find((relation) => !seenOf(state, relation).ready);
  if (missing === undefined) return null;
  const { provider } = missing;
  const keys = state.services.has(provider.serviceUid)
    ? manifestOf(state, state.services.get(provider.serviceUid)?.spec.program.uid ?? '').provides.find(
        ({ name }) => name === provider.endpoint,
      )?.keys
    : undefined;
  const wanted = [...(keys?.unit ?? []), ...(keys?.service ?? [])];
  const what = wanted.length === 0 ? '' : ` with ${wanted.join(', ')}`;
  return `waits for ${endpoint}: ${provider.service}:${provider.endpoint} has no ready unit${what}`;
};
