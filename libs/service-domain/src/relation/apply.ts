import { serviceNameOf } from '@yiqiu/contracts';
import type { GroupDocument, ServiceContextEvent } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import { objectOf, sameJson, textOf } from '../json-text.ts';
import type { GroupRow } from '../group/state.ts';
import type { ServiceState } from '../state.ts';
import { relationRemoved, virtualRemoved } from './change.ts';
import { isSameRelation } from './resolve.ts';
import type { WantedRelation } from './resolve.ts';
import type { RelationRow, VirtualRow } from './state.ts';

/** What a document changes of a group's relations and virtual services. */
export interface RelationChanges {
  readonly add: readonly WantedRelation[];
  /** Only with `prune`. */
  readonly remove: readonly RelationRow[];
  readonly set: readonly WantedVirtual[];
  /** Only with `prune`. */
  readonly drop: readonly VirtualRow[];
}

export interface WantedVirtual {
  /** `cache/db` */
  readonly name: string;
  readonly current: VirtualRow | null;
  readonly document: GroupDocument['virtual'][string];
}

export const relationChanges = (
  state: ServiceState,
  document: GroupDocument,
  group: GroupRow | null,
  wanted: readonly WantedRelation[],
  prune: boolean,
): RelationChanges => {
  const rows = [...state.relations.values()].filter(({ groupUid }) => groupUid === group?.uid);
  const virtuals = Object.entries(document.virtual).map(([short, virtual]): WantedVirtual => {
    const name = serviceNameOf(document.name, short);
    return { name, current: state.virtuals.get(state.index.virtualByName.get(name) ?? '') ?? null, document: virtual };
  });
  const named = new Set(virtuals.map(({ name }) => name));
  return {
    add: wanted.filter((relation) => !rows.some((row) => isSameRelation(row, relation))),
    remove: prune ? rows.filter((row) => !wanted.some((relation) => isSameRelation(row, relation))) : [],
    set: virtuals.filter(({ current, document: virtual }) => current === null || virtualDiffers(current, virtual)),
    drop: prune
      ? [...state.virtuals.values()].filter(({ groupUid, name }) => groupUid === group?.uid && !named.has(name))
      : [],
  };
};

const virtualDiffers = (
  current: VirtualRow,
  { provides, service = {}, units = [] }: WantedVirtual['document'],
): boolean =>
  !sameJson(current.provides, provides) ||
  !sameJson(objectOf(current.service), service) ||
  !sameJson(current.units.map(objectOf), units);

export const changesNothing = ({ add, remove, set, drop }: RelationChanges): boolean =>
  add.length + remove.length + set.length + drop.length === 0;

/** `uidOf`: of a service or virtual service by name, those that are about to exist included. */
export const relationEvents = (
  state: ServiceState,
  groupUid: string,
  changes: RelationChanges,
  uidOf: (name: string) => string,
  ctx: Pick<Ctx, 'uuid'>,
): ServiceContextEvent[] => {
  const virtualUids = new Map(changes.set.map(({ name, current }) => [name, current?.uid ?? ctx.uuid()]));
  const uidNamed = (name: string): string => virtualUids.get(name) ?? uidOf(name);
  return [
    ...changes.remove.map(relationRemoved),
    ...changes.drop.flatMap((row) => virtualRemoved(state, row)),
    ...changes.set.map((virtual) => virtualSet(groupUid, virtual, uidNamed(virtual.name))),
    ...changes.add.map((relation): ServiceContextEvent => {
      const uid = ctx.uuid();
      const { requirer, provider } = relation;
      const data = {
        uid,
        groupUid,
        requirer: { serviceUid: uidNamed(requirer.service), ...requirer },
        provider: { serviceUid: uidNamed(provider.service), ...provider },
        interface: relation.interface,
      };
      return { stream: `relation/${uid}`, type: 'RelationAdded', version: 1, data };
    }),
  ];
};

const virtualSet = (groupUid: string, { name, document }: WantedVirtual, uid: string): ServiceContextEvent => {
  const { provides, service = {}, units = [] } = document;
  const data = {
    uid,
    groupUid,
    name,
    provides: [...provides],
    service: objectOf(textOf(service)),
    units: units.map((unit) => objectOf(textOf(unit))),
  };
  return { stream: `virtual/${uid}`, type: 'VirtualServiceSet', version: 1, data };
};
