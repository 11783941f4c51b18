import type { EventEnvelope } from '@yiqiu/kernel';
import type { Tally } from '../indexes.ts';
import { addTo, dropFrom, emptyTally } from '../indexes.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import { touchService } from '../relation/index-relation.ts';
import { isReady, isSettled, unitStateOf } from './lifecycle.ts';
import type { UnitRow } from './state.ts';

const shareOf = (unit: UnitRow): Tally => {
  const tally = emptyTally();
  if (unit.ghost) return tally;
  if (unit.goal === 'leave') return { ...tally, leaving: 1 };
  return {
    live: 1,
    leaving: 0,
    ready: Number(isReady(unit)),
    failed: Number(unit.state === 'FAILED'),
    settled: Number(isSettled(unit)),
    unplaced: Number(unit.binding === null && unit.placement === null),
  };
};

const count = (state: ServiceState, unit: UnitRow, sign: 1 | -1): void => {
  const tally = state.index.tallies.get(unit.serviceUid) ?? emptyTally();
  const share = shareOf(unit);
  tally.live += sign * share.live;
  tally.leaving += sign * share.leaving;
  tally.ready += sign * share.ready;
  tally.failed += sign * share.failed;
  tally.settled += sign * share.settled;
  tally.unplaced += sign * share.unplaced;
  state.index.tallies.set(unit.serviceUid, tally);
};

/** Enters a unit into every index. */
export const indexUnit = (state: ServiceState, unit: UnitRow): void => {
  if (!unit.ghost) state.index.unitByName.set(unit.name, unit.uid);
  addTo(state.index.unitsOfService, unit.serviceUid, unit.uid);
  if (unit.binding !== null) addTo(state.index.unitsOnMachine, unit.binding.machineUid, unit.uid);
  if (unit.deadline !== null) state.index.deadlines.set(unit.uid, unit.deadline);
  count(state, unit, 1);
  touchService(state, unit.serviceUid);
};

/** Takes it out of every index. */
export const unindexUnit = (state: ServiceState, unit: UnitRow): void => {
  if (state.index.unitByName.get(unit.name) === unit.uid) state.index.unitByName.delete(unit.name);
  dropFrom(state.index.unitsOfService, unit.serviceUid, unit.uid);
  if (unit.binding !== null) dropFrom(state.index.unitsOnMachine, unit.binding.machineUid, unit.uid);
  state.index.deadlines.delete(unit.uid);
  count(state, unit, -1);
  if (!state.index.unitsOfService.has(unit.serviceUid)) state.index.tallies.delete(unit.serviceUid);
};

/** Changes a unit's facts; its state and the indexes follow. */
export const changeUnit = (
  state: ServiceState,
  uid: string,
  event: EventEnvelope,
  change: (unit: UnitRow) => void,
): UnitRow => {
  const unit = must(state.units.get(uid), `unit ${uid}`);
  unindexUnit(state, unit);
  change(unit);
  const next = unitStateOf(unit);
  if (next !== unit.state) {
    unit.state = next;
    unit.since = event.time;
  }
  indexUnit(state, unit);
  return unit;
};

export const dropUnit = (state: ServiceState, uid: string): void => {
  const unit = must(state.units.get(uid), `unit ${uid}`);
  unindexUnit(state, unit);
  state.units.delete(uid);
};
