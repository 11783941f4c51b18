import type { UnitContext } from '@yiqiu/contracts';
import { bytesToHex, sha256, utf8ToBytes } from '@yiqiu/kernel';
import type { JsonMap } from '../json-text.ts';
import { objectOf, stableText } from '../json-text.ts';
import type { ServiceRow } from '../service/state.ts';
import type { PeerSums } from '../indexes.ts';
import type { ServiceState } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import { liveUnitsOf, manifestOf } from '../state.ts';
import type { BoundUnit } from '../unit/place.ts';
import { isBound, placeOf } from '../unit/place.ts';
import { isServing } from '../unit/lifecycle.ts';
import { peersKey, relationsOfRequirer } from './index-relation.ts';
import type { RelationRow } from './state.ts';

/** What one side of a relation sees of the other, as page "Program packages" has it under `relations`. */
export interface Seen {
  readonly ready: boolean;
  readonly service: JsonMap;
  readonly units: readonly SeenUnit[];
}

/** A place with the unit's own keys beside. */
export type SeenUnit = UnitContext['relations'][string]['units'][number];

const nothing: Seen = { ready: false, service: {}, units: [] };
const signatureLength = 16;

/** What a requirer sees at one of its endpoints: the ready units and data of all that it is related to there. */
export const seenAt = (state: ServiceState, requirerUid: string, endpoint: string): Seen => {
  const related = relationsOfRequirer(state, requirerUid).filter(({ requirer }) => requirer.endpoint === endpoint);
  if (related.length === 0) return nothing;
  const all = related.map((relation) => seenOf(state, relation));
  return {
    ready: all.every(({ ready }) => ready),
    service: Object.assign({}, ...all.map(({ service }) => service)) as JsonMap,
    units: all.flatMap(({ units }) => units),
  };
};

/** What a relation's requirer sees of its provider. Ready: at least one ready unit, and all keys that the provider declares. */
export const seenOf = (state: ServiceState, { provider }: RelationRow): Seen => {
  if (provider.virtual) return seenOfVirtual(state, provider.serviceUid, provider.service);
  const service = state.services.get(provider.serviceUid);
  if (service === undefined || service.removing) return nothing;
  const declared = keysOf(state, service, provider.endpoint);
  const bag = bagOf(service.bags, provider.endpoint);
  const units = servingUnits(state, service.uid)
    .map((unit) => seenUnit(state, unit, provider.endpoint))
    .filter((unit) => declared.unit.every((key) => Object.hasOwn(unit, key)));
  const ready = units.length > 0 && declared.service.every((key) => Object.hasOwn(bag, key));
  return { ready, service: bag, units };
};

const keysOf = (
  state: ServiceState,
  service: ServiceRow,
  endpoint: string,
): { readonly unit: readonly string[]; readonly service: readonly string[] } =>
  manifestOf(state, service.spec.program.uid).provides.find(({ name }) => name === endpoint)?.keys ?? {
    unit: [],
    service: [],
  };

const seenOfVirtual = (state: ServiceState, uid: string, name: string): Seen => {
  const row = state.virtuals.get(uid);
  if (row === undefined) return nothing;
  const units = row.units.map((text, ordinal) => outsideUnit(`${name}/${ordinal}`, ordinal, objectOf(text)));
  return { ready: true, service: objectOf(row.service), units };
};

/** A node outside: what its document says of it, with what every unit has where it says nothing. */
const outsideUnit = (name: string, ordinal: number, data: JsonMap): SeenUnit => {
  const { ip, port, leader } = data;
  return {
    ...data,
    ...{ name, ordinal, incarnation: 1, ports: {} },
    ip: typeof ip === 'string' ? ip : '',
    port: typeof port === 'number' && Number.isInteger(port) ? port : null,
    leader: leader === true,
  };
};

/** A service's units that others may use now, by ordinal. */
export const servingUnits = (state: ServiceState, serviceUid: string): BoundUnit[] =>
  liveUnitsOf(state, serviceUid).filter(isBound).filter(isServing);

const seenUnit = (state: ServiceState, unit: BoundUnit, endpoint: string): SeenUnit => ({
  ...bagOf(unit.bags, endpoint),
  ...placeOf(state, unit),
});

const bagOf = (bags: { readonly [endpoint: string]: string }, endpoint: string): JsonMap => {
  const text = bags[endpoint];
  return text === undefined ? {} : objectOf(text);
};

/** A service with itself: the other ready units, by ordinal, and what they published on the endpoint. */
export const seenPeers = (state: ServiceState, self: BoundUnit, endpoint: string): Seen => {
  const service = state.services.get(self.serviceUid);
  const all = servingUnits(state, self.serviceUid);
  const units = all.filter(({ uid }) => uid !== self.uid).map((unit) => seenUnit(state, unit, endpoint));
  return { ready: units.length > 0, service: bagOf(service?.bags ?? {}, endpoint), units };
};

/**
 * A short text that differs where what is seen differs: what a unit was told is compared with what it should know. Kept
 * until something of it changes.
 */
const signed = (state: ServiceState, key: string, text: () => string): string => {
  const known = state.index.signatures.get(key);
  if (known !== undefined) return known;
  const signature = bytesToHex(sha256(utf8ToBytes(text()))).slice(0, signatureLength);
  state.index.signatures.set(key, signature);
  return signature;
};

/** Of all members of a service: who should exist and where, ready or not. */
export const membersSignature = (state: ServiceState, serviceUid: string): string =>
  signed(state, serviceUid, () =>
    liveUnitsOf(state, serviceUid)
      .filter(isBound)
      .map(
        ({ ordinal, incarnation, binding }) =>
          `${ordinal}.${incarnation}@${binding.address} ${stableText(binding.ports)}`,
      )
      .join('\n'),
  );

/** Of what a requirer sees at an endpoint. */
export const seenSignature = (state: ServiceState, requirerUid: string, endpoint: string): string =>
  relationsOfRequirer(state, requirerUid)
    .filter(({ requirer }) => requirer.endpoint === endpoint)
    .map((relation) => signed(state, relation.uid, () => textOf(seenOf(state, relation))))
    .join('-');

/**
 * Of the peers that a unit sees: the sum of what each other one shows, so that a thousand members are not compared with a
 * thousand each.
 */
export const peersSignature = (
  state: ServiceState,
  self: Pick<UnitRow, 'uid' | 'serviceUid'>,
  endpoint: string,
): string => {
  const { total, each } = peerSums(state, self.serviceUid, endpoint);
  return ((total - (each.get(self.uid) ?? 0n)) & sumMask).toString(16);
};

const sumMask = (1n << 64n) - 1n;

const peerSums = (state: ServiceState, serviceUid: string, endpoint: string): PeerSums => {
  const key = peersKey(serviceUid, endpoint);
  const known = state.index.peerSums.get(key);
  if (known !== undefined) return known;
  const each = new Map(
    servingUnits(state, serviceUid).map((unit) => [unit.uid, summand(stableText(seenUnit(state, unit, endpoint)))]),
  );
  const service = state.services.get(serviceUid);
  const bag = summand(stableText(bagOf(service?.bags ?? {}, endpoint)));
  const sums = { each, total: [...each.values()].reduce((sum, value) => sum + value, bag) & sumMask };
  state.index.peerSums.set(key, sums);
  return sums;
};

const summand = (text: string): bigint =>
  BigInt(`0x${bytesToHex(sha256(utf8ToBytes(text))).slice(0, signatureLength)}`);

const textOf = ({ ready, service, units }: Seen): string => stableText({ ready, service, units: [...units] });
