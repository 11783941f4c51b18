import type { UnitContext } from '@yiqiu/contracts';
import type { JsonMap } from '../json-text.ts';
import { objectOf } from '../json-text.ts';
import { endpointNames } from '../program/manifest-view.ts';
import type { ManifestView } from '../program/manifest-view.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, manifestOf, must } from '../state.ts';
import { configOf } from '../service/state.ts';
import { seenAt, seenPeers } from '../relation/seen.ts';
import { isReady } from './lifecycle.ts';
import type { BoundUnit } from './place.ts';
import { isBound, placeOf } from './place.ts';

type Member = UnitContext['members'][number];

/**
 * What hooks and templates of a unit see now (docs/programs.md). The two homes are the agent's to fill in. Members are those
 * that should exist and have a place, and the unit itself.
 */
export const contextOf = (state: ServiceState, unit: BoundUnit): UnitContext => {
  const { binding } = unit;
  const program = must(state.programs.get(unit.programUid), `program ${unit.programUid}`);
  const manifest = manifestOf(state, unit.programUid);
  const service = state.services.get(unit.serviceUid) ?? null;
  const [group = '', short = ''] = unit.name.split('/');
  return {
    program: { name: program.name, version: program.version, home: '' },
    unit: { ...placeOf(state, unit), home: '' },
    service: { name: `${group}/${short}`, leader: leaderOf(state, unit) },
    members: membersOf(state, unit),
    group: { name: group },
    machine: {
      name: binding.machine,
      address: binding.address,
      labels: binding.labels,
      rack: binding.rack,
      zone: binding.zone,
    },
    resources: binding.resources,
    config: configFor(manifest, service === null ? {} : objectOf(configOf(service).values)),
    relations: relationsOf(state, unit, manifest),
  };
};

/** Where the service's leader is; null where there is none, or it has no place. */
const leaderOf = (state: ServiceState, { serviceUid }: BoundUnit): UnitContext['service']['leader'] => {
  const now = state.services.get(serviceUid)?.leader.now ?? null;
  const unit = now === null ? undefined : state.units.get(now.unitUid);
  if (unit === undefined || !isBound(unit) || unit.incarnation !== now?.incarnation) return null;
  const { name, ordinal, incarnation, ip, port, ports } = placeOf(state, unit);
  return { name, ordinal, incarnation, ip, port, ports };
};

const membersOf = (state: ServiceState, self: BoundUnit): Member[] => {
  const live = liveUnitsOf(state, self.serviceUid).filter(isBound);
  const all = live.some(({ uid }) => uid === self.uid) ? live : [...live, self].sort((a, b) => a.ordinal - b.ordinal);
  return all.map((unit) => ({ ...placeOf(state, unit), ready: isReady(unit), self: unit.uid === self.uid }));
};

/** Every declared endpoint is there; an unrelated one is not ready and has no units. */
const relationsOf = (state: ServiceState, unit: BoundUnit, manifest: ManifestView): UnitContext['relations'] => {
  const peers = new Set(manifest.peers.map(({ name }) => name));
  return Object.fromEntries(
    endpointNames(manifest).map((name) => {
      const { ready, service, units } = peers.has(name)
        ? seenPeers(state, unit, name)
        : seenAt(state, unit.serviceUid, name);
      return [name, { ready, service, units: [...units] }];
    }),
  );
};

/** What was set, else the default of the version that the unit has, else null, for every declared key. */
const configFor = (manifest: ManifestView, values: JsonMap): JsonMap => {
  const declared = Object.entries(manifest.config.properties).map(([key, schema]) => [
    key,
    values[key] ?? defaultOf(schema),
  ]);
  return { ...values, ...Object.fromEntries(declared) } as JsonMap;
};

const defaultOf = (schema: JsonMap[string] | undefined): JsonMap[string] =>
  typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? (schema['default'] ?? null) : null;
