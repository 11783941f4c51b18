import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import { manifestOf } from '../state.ts';
import type { Allocation } from '../unit/bind.ts';
import type { BoundUnit } from '../unit/place.ts';
import { isBound } from '../unit/place.ts';
import type { UnitRow } from '../unit/state.ts';

/** The resource layer has a place for a unit's next incarnation. */
export type OfferReplacement = Command<'OfferReplacement', Allocation>;
/** It looks for one and finds none now, or waits for the machine too. */
export type NoteEvacuation = Command<
  'NoteEvacuation',
  { readonly container: string; readonly unitUid: string; readonly message: string }
>;
/** A container is gone: where it was an offer, there is none any more. */
export type WithdrawOffer = Command<'WithdrawOffer', { readonly container: string; readonly unitUid: string }>;

/**
 * Takes the offer; declines one that answers nothing of now; gives it up where the unit's data cannot follow
 * (`onLoss: wait`). Never refused.
 */
export const offerReplacement = (state: ServiceState, { data }: OfferReplacement): Decision<ServiceContextEvent> => {
  const unit = state.units.get(data.unitUid);
  const stream = `unit/${data.unitUid}`;
  if (unit?.binding?.container === data.uid || unit?.offer?.binding.container === data.uid) return accept([]);
  const mismatch = mismatchOf(unit, data);
  if (unit === undefined || !isBound(unit) || mismatch !== null) {
    const message = mismatch ?? `${data.unit} is not wanted any more`;
    const declined = { container: data.uid, requestId: data.requestId, unit: data.unit, message };
    return accept([{ stream, type: 'ContainerDeclined', version: 1, data: declined }]);
  }
  if (data.machineUid !== unit.binding.machineUid && dataStays(state, unit))
    return accept([evacuationCancelled(unit, data.uid)]);
  const { uid: container, machineUid, machine, address, rack, zone, labels, resources, ports, home } = data;
  const where = { container, machineUid, machine, address, rack, zone, labels, resources, ports, home };
  const to = { ...where, incarnation: data.incarnation };
  const offered = { uid: unit.uid, unit: unit.name, requestId: data.requestId, to };
  return accept([{ stream, type: 'ReplacementOffered', version: 1, data: offered }]);
};

const mismatchOf = (unit: UnitRow | undefined, { unit: name, incarnation, replaces }: Allocation): string | null => {
  if (unit === undefined || unit.ghost) return `${name} is not wanted any more`;
  if (unit.goal === 'leave') return `${name} is being removed`;
  if (unit.binding?.container !== replaces) return `${name} does not have container ${replaces ?? 'none'} any more`;
  if (unit.incarnation >= incarnation) return `${name} has incarnation ${unit.incarnation} already`;
  return unit.offer === null ? null : `${name} has been offered container ${unit.offer.binding.container} already`;
};

/** Some of its data is not to be made anew elsewhere. */
export const dataStays = (state: ServiceState, unit: UnitRow): boolean =>
  unit.lastCommand !== null && manifestOf(state, unit.programUid).data.some(({ onLoss }) => onLoss === 'wait');

const evacuationCancelled = (unit: BoundUnit, replacement: string | null): ServiceContextEvent => {
  const { uid, name, incarnation, binding } = unit;
  const message = `its data is on ${binding.machine} (onLoss: wait): it waits for that machine, or for a person`;
  const data = {
    uid,
    unit: name,
    incarnation,
    container: binding.container,
    replacement,
    then: 'waits',
    message,
  } as const;
  return { stream: `unit/${uid}`, type: 'EvacuationCancelled', version: 1, data };
};

/** Never refused. */
export const noteEvacuation = (state: ServiceState, { data }: NoteEvacuation): Decision<ServiceContextEvent> => {
  const unit = state.units.get(data.unitUid);
  if (unit === undefined || unit.ghost || !isBound(unit) || unit.binding.container !== data.container)
    return accept([]);
  if (dataStays(state, unit)) return unit.waits ? accept([]) : accept([evacuationCancelled(unit, null)]);
  const { uid, name, requestId } = unit;
  if (unit.placement === data.message) return accept([]);
  const waits = { uid, unit: name, requestId, message: data.message };
  return accept([{ stream: `unit/${uid}`, type: 'UnitPlacementWaits', version: 1, data: waits }]);
};

/** Never refused. */
export const withdrawOffer = (state: ServiceState, { data }: WithdrawOffer): Decision<ServiceContextEvent> => {
  const unit = state.units.get(data.unitUid);
  if (unit?.offer?.binding.container !== data.container) return accept([]);
  const { uid, name, offer } = unit;
  const message = `the place on ${offer.binding.machine} is gone again`;
  const withdrawn = { uid, unit: name, container: data.container, message };
  return accept([{ stream: `unit/${uid}`, type: 'OfferWithdrawn', version: 1, data: withdrawn }]);
};
