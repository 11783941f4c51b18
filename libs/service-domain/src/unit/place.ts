import type { ServiceState } from '../state.ts';
import { manifestOf } from '../state.ts';
import type { Binding, UnitRow } from './state.ts';

/** A unit with a place. */
export type BoundUnit = UnitRow & { readonly binding: Binding };
export const isBound = (unit: UnitRow): unit is BoundUnit => unit.binding !== null;

export interface Place {
  readonly name: string;
  readonly ordinal: number;
  readonly incarnation: number;
  readonly ip: string;
  /** The first one that the manifest declares. */
  readonly port: number | null;
  readonly ports: { readonly [name: string]: number };
  readonly leader: boolean;
}

/** Where a unit is, as others see it. */
export const placeOf = (
  state: ServiceState,
  unit: BoundUnit,
): Place & { readonly ports: { [name: string]: number } } => {
  const { name, ordinal, incarnation, binding } = unit;
  const first = manifestOf(state, unit.programUid).ports[0]?.name;
  const port = first === undefined ? null : (binding.ports[first] ?? null);
  const ports = { ...binding.ports };
  return { name, ordinal, incarnation, ip: binding.address, port, ports, leader: isLeader(state, unit) };
};

/** It is what its service says: this unit, in this incarnation. */
export const isLeader = (state: ServiceState, { uid, serviceUid, incarnation }: UnitRow): boolean => {
  const leader = state.services.get(serviceUid)?.leader.now ?? null;
  return leader !== null && leader.unitUid === uid && leader.incarnation === incarnation;
};
