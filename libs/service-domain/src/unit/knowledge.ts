import { membersSignature, peersSignature, seenAt, seenSignature, servingUnits } from '../relation/seen.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf } from '../state.ts';
import type { Told, UnitRow } from './state.ts';

/** What a unit would be told if it were told everything now. */
export const knowledgeOf = (state: ServiceState, unit: UnitRow): Told => {
  const { requires, peers } = manifestOf(state, unit.programUid);
  const relations: Told['relations'] = {};
  for (const { name } of requires) {
    const units = seenAt(state, unit.serviceUid, name).units.map((seen) => seen.name);
    relations[name] = { seen: seenSignature(state, unit.serviceUid, name), units };
  }
  for (const { name } of peers) {
    const units = servingUnits(state, unit.serviceUid)
      .filter(({ uid }) => uid !== unit.uid)
      .map((fellow) => fellow.name);
    relations[name] = { seen: peersSignature(state, unit, name), units };
  }
  return {
    members: membersSignature(state, unit.serviceUid),
    leader: state.services.get(unit.serviceUid)?.leader.epoch ?? 0,
    relations,
  };
};

/** Endpoints whose view differs from what the unit was told, sorted. */
export const staleEndpoints = (told: Told, now: Told): string[] =>
  Object.keys(now.relations)
    .filter((endpoint) => (told.relations[endpoint]?.seen ?? '') !== now.relations[endpoint]?.seen)
    .sort();
