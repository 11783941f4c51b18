import { waitingFor } from '../deploy/waiting.ts';
import { configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { tallyOf } from '../state.ts';
import { isSettled } from '../unit/lifecycle.ts';
import type { UnitRow } from '../unit/state.ts';
import { scopeOf, servicesIn, unitsIn } from './scope.ts';
import type { OperationRow } from './state.ts';

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What it waits for, or null. */
  readonly message: string | null;
}

/** What a running operation has done, in units. `total` may grow as units are asked for. */
export const progressOf = (state: ServiceState, operation: OperationRow): Progress => {
  if (operation.state !== 'running') {
    return { done: operation.done, total: operation.total, message: operation.message };
  }
  if (scopeOf(operation.kind) === 'data') {
    const machine = state.data.get(operation.targetUid)?.machine;
    return { done: 0, total: 1, message: machine === undefined ? null : `the agent of ${machine} has it to do` };
  }
  const units = unitsIn(state, operation);
  if (operation.kind === 'destroy') {
    const total = Math.max(operation.total, units.length);
    return { done: total - units.length, total, message: waitOf(state, units) };
  }
  if (operation.kind === 'unit') {
    return { done: units.filter(isSettled).length, total: 1, message: waitOf(state, units) };
  }
  const services = servicesIn(state, operation).map((uid) => tallyOf(state, uid));
  const wanted = servicesIn(state, operation).reduce((sum, uid) => sum + (state.services.get(uid)?.desired ?? 0), 0);
  const leaving = services.reduce((sum, tally) => sum + tally.leaving, 0);
  const total = Math.max(wanted + leaving, units.length);
  return { done: units.filter((unit) => isDone(state, unit)).length, total, message: waitOf(state, units) };
};

const isDone = (state: ServiceState, unit: UnitRow): boolean => {
  const service = state.services.get(unit.serviceUid);
  return (
    unit.goal !== 'leave' && isSettled(unit) && service !== undefined && !isStale(unit, configOf(service).revision)
  );
};

/** Runs with an older config than its service has. */
export const isStale = (unit: UnitRow, revision: number): boolean => unit.deployed && unit.configRevision < revision;

const waitOf = (state: ServiceState, units: readonly UnitRow[]): string | null => {
  for (const unit of units) {
    const message = waitingFor(state, unit);
    if (message !== null) return `${unit.name}: ${message}`;
  }
  return null;
};
