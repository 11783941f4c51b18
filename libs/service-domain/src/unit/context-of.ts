import type { UnitContext } from '@yiqiu/contracts';
import type { JsonMap } from '../json-text.ts';
import { objectOf } from '../json-text.ts';
import { endpointNames } from '../program/manifest-view.ts';
import type { ManifestView } from '../program/manifest-view.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, manifestOf, must } from '../state.ts';
import { configOf } from '../service/state.ts';
import { isReady } from './lifecycle.ts';
import type { Binding, UnitRow } from './state.ts';

type Member = UnitContext['members'][number];

/** A unit with a place. */
export type BoundUnit = UnitRow & { readonly binding: Binding };
export const isBound = (unit: UnitRow): unit is BoundUnit => unit.binding !== null;

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
    unit: { ...placeOf(unit, manifest), home: '' },
    service: { name: `${group}/${short}`, leader: null },
    members: membersOf(state, unit, manifest),
    group: { name: group },
    machine: {
      name: binding.machine,
      address: binding.address,
      labels: binding.labels,
      rack: binding.rack,
      zone: binding.zone,
    },
    resources: binding.resources,
    config: configFor(manifest, service === null ? {} : objectOf(configOf(service).config)),
    relations: Object.fromEntries(
      endpointNames(manifest).map((name) => [name, { ready: false, service: {}, units: [] }]),
    ),
  };
};

/** Leaders come with a later issue: until then no unit is one. */
const placeOf = (
  { name, ordinal, incarnation, binding }: BoundUnit,
  manifest: ManifestView,
): Omit<Member, 'ready' | 'self'> => {
  const first = manifest.ports[0]?.name;
  const port = first === undefined ? null : (binding.ports[first] ?? null);
  return { name, ordinal, incarnation, ip: binding.address, port, ports: binding.ports, leader: false };
};

const membersOf = (state: ServiceState, self: BoundUnit, manifest: ManifestView): Member[] => {
  const live = liveUnitsOf(state, self.serviceUid).filter(isBound);
  const all = live.some(({ uid }) => uid === self.uid) ? live : [...live, self].sort((a, b) => a.ordinal - b.ordinal);
  return all.map((unit) => ({ ...placeOf(unit, manifest), ready: isReady(unit), self: unit.uid === self.uid }));
};

/** Every declared key is there; without a value it is null. */
const configFor = (manifest: ManifestView, effective: JsonMap): JsonMap => {
  const declared = Object.keys(manifest.config.properties).map((key) => [key, effective[key] ?? null] as const);
  return { ...effective, ...Object.fromEntries(declared) };
};
