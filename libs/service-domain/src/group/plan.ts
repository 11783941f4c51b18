import type { PlanView } from '@yiqiu/contracts';
import type { Json } from '@yiqiu/kernel';
import { bytesToHex, sha256, utf8ToBytes } from '@yiqiu/kernel';
import { unitNameOf } from '@yiqiu/contracts';
import type { JsonMap } from '../json-text.ts';
import { objectOf, sameJson, stableText } from '../json-text.ts';
import { programRefOf } from '../program/state.ts';
import type { RelationChanges } from '../relation/apply.ts';
import { relationsOfProvider } from '../relation/index-relation.ts';
import { unitDifference } from '../service/reconcile.ts';
import type { ServiceRow } from '../service/state.ts';
import { configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, tallyOf } from '../state.ts';
import type { WantedGroup, WantedService } from './resolve.ts';

type Change = PlanView['changes'][number];
type JsonOut = Change['from'];

const unitsShown = 10;
const planIdLength = 16;

/**
 * What applying a resolved document would do. Its id names exactly this plan of exactly this state of the group: another
 * world has another id.
 */
export const planGroup = (state: ServiceState, group: WantedGroup): PlanView => {
  const changes = [...group.services.flatMap((service) => changesOf(state, service)), ...relationPlan(group.relations)];
  const deletes = group.removed.map(({ name }) => name);
  const removals = group.removed.map((service) => removal(state, service));
  const revision = group.current?.revision ?? 0;
  const whole = { group: group.current?.uid ?? group.name, revision, changes: [...changes, ...removals], deletes };
  return {
    id: bytesToHex(sha256(utf8ToBytes(stableText(whole)))).slice(0, planIdLength),
    group: group.name,
    revision,
    changes: whole.changes,
    requirers: requirersOf(state, group),
    deletes,
  };
};

const relationPlan = ({ add, remove, set, drop }: RelationChanges): Change[] => {
  const text = (side: { readonly service: string; readonly endpoint: string }): string =>
    `${side.service}:${side.endpoint}`;
  return [
    ...add.map(({ requirer, provider }) =>
      change(
        requirer.service,
        `relation ${requirer.endpoint}`,
        null,
        text(provider),
        'its units see it when it is ready',
      ),
    ),
    ...remove.map(({ requirer, provider }) =>
      change(requirer.service, `relation ${requirer.endpoint}`, text(provider), null, 'its units see it no more'),
    ),
    ...set.map(({ name, current }) =>
      change(name, 'virtual', current === null ? null : name, name, 'told to whoever requires it'),
    ),
    ...drop.map(({ name }) => change(name, 'virtual', name, null, 'is not there any more')),
  ];
};

/** Services whose units will be told of what changes, sorted. */
const requirersOf = (state: ServiceState, group: WantedGroup): string[] => {
  const touched = [
    ...group.services.filter((service) => service.current !== null && differs(service)).map(({ current }) => current),
    ...group.removed,
  ];
  const names = touched.flatMap((service) =>
    service === null ? [] : relationsOfProvider(state, service.uid).map(({ requirer }) => requirer.service),
  );
  return [...new Set(names)].sort();
};

/** True where the service as it is differs from what is wanted; what is kept is no difference. */
export const differs = (service: WantedService): boolean => {
  const { current, spec, desired, values } = service;
  if (current === null) return true;
  return !sameJson(spec, current.spec) || desired !== current.desired || !sameJson(values, valuesNow(current));
};

const valuesNow = (service: ServiceRow): JsonMap => objectOf(configOf(service).values);

const changesOf = (state: ServiceState, wanted: WantedService): Change[] => {
  const { current, name } = wanted;
  if (current === null) {
    const effect = `creates it with ${units(wanted.desired)} of ${programRefOf(wanted.program)}`;
    const to = { program: programRefOf(wanted.program), package: wanted.spec.package, units: wanted.desired };
    return [{ service: name, what: 'service', from: null, to, effect }];
  }
  const changes = [
    ...specChanges(wanted, current),
    ...unitChanges(state, wanted, current),
    ...configChanges(state, wanted, current),
  ];
  const kept = wanted.kept.map(({ what, from, to }) =>
    change(name, what, from, to, 'kept: a person changed it since the last apply; --take overwrites it'),
  );
  return [...changes, ...kept];
};

const change = (
  service: string,
  what: string,
  from: Json | undefined,
  to: Json | undefined,
  effect: string,
): Change => ({
  service,
  what,
  from: plain(from),
  to: plain(to),
  effect,
});

/** As a view may hold it. */
const plain = (value: Json | undefined): JsonOut => JSON.parse(stableText(value));

const units = (count: number): string => (count === 1 ? '1 unit' : `${count} units`);

const specChanges = ({ name, spec }: WantedService, { spec: now }: ServiceRow): Change[] => {
  const later = 'for units that are placed from now on';
  const parts: [string, Json, Json, string][] = [
    ['program', programRefOf(now.program), programRefOf(spec.program), 'rolled out unit by unit'],
    ['package', now.package, spec.package, later],
    ['pools', now.pools, spec.pools, later],
    ['ports', now.ports, spec.ports, later],
    ['placement', now.placement, spec.placement, later],
    ['update', now.update, spec.update, 'for the next roll-outs'],
  ];
  return parts
    .filter(([, from, to]) => !sameJson(from, to))
    .map(([what, from, to, effect]) => change(name, what, from, to, effect));
};

const unitChanges = (state: ServiceState, wanted: WantedService, current: ServiceRow): Change[] => {
  if (wanted.desired === current.desired) return [];
  const { add, later, remove } = unitDifference(state, current, wanted.desired);
  const [group = '', short = ''] = wanted.name.split('/');
  const names = [...add, ...later].map((ordinal) => unitNameOf(group, short, ordinal));
  const effect = [
    ...(names.length > 0 ? [`asks for ${shown(names)}`] : []),
    ...(remove.length > 0 ? [`removes ${shown(remove.map(({ name }) => name))}; their data is kept`] : []),
  ].join('; ');
  return [change(wanted.name, 'units', current.desired, wanted.desired, effect === '' ? 'no unit' : effect)];
};

const configChanges = (state: ServiceState, wanted: WantedService, current: ServiceRow): Change[] => {
  const now = valuesNow(current);
  const keys = changedKeys(now, wanted.values);
  const effect = `config-changed on ${units(tallyOf(state, current.uid).live)}, one after another`;
  return keys.map((key) => change(wanted.name, `config.${key}`, now[key], wanted.values[key], effect));
};

/** Keys whose values differ, sorted. */
export const changedKeys = (from: JsonMap, to: JsonMap): string[] =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((key) => !sameJson(from[key], to[key])).sort();

const removal = (state: ServiceState, service: ServiceRow): Change => {
  const names = liveUnitsOf(state, service.uid).map(({ name }) => name);
  const effect = names.length === 0 ? 'removes it' : `removes it with ${shown(names)}; their data is kept`;
  return change(service.name, 'service', programRefOf(service.spec.program), null, effect);
};

const shown = (names: readonly string[]): string => {
  const some = names.slice(0, unitsShown).join(', ');
  return names.length > unitsShown ? `${some} and ${names.length - unitsShown} more` : some;
};
