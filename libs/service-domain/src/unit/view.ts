import type { UnitView } from '@yiqiu/contracts';
import { waitingFor } from '../deploy/waiting.ts';
import type { ListOptions, Page } from '../paging.ts';
import { numberKey, pageOf, passes } from '../paging.ts';
import { programRefOf } from '../program/state.ts';
import type { ServiceState } from '../state.ts';
import { must, unitNamed } from '../state.ts';
import { isLeader } from './place.ts';
import type { UnitRow } from './state.ts';

/** What an agent last said of a unit: kept by the shell, never in the log. */
export interface Observed {
  readonly incarnation: number;
  readonly process: string;
  readonly ready: boolean;
  readonly role: string | null;
  readonly message: string;
  /** ISO 8601. */
  readonly startedAt: string | null;
  readonly observedAt: string;
}

export type Observe = (unitUid: string) => Observed | null;

const nothingObserved: Observe = () => null;

export const unitViewOf = (state: ServiceState, unit: UnitRow, observe: Observe = nothingObserved): UnitView => {
  const [group = '', short = ''] = unit.name.split('/');
  const seen = observe(unit.uid);
  const observed = seen?.incarnation === unit.incarnation ? seen : null;
  return {
    name: unit.name,
    uid: unit.uid,
    group,
    service: `${group}/${short}`,
    ordinal: unit.ordinal,
    incarnation: unit.incarnation,
    state: unit.state,
    since: unit.since,
    container: unit.binding?.container ?? null,
    machine: unit.binding?.machine ?? null,
    ip: unit.binding?.address ?? null,
    ports: unit.binding?.ports ?? {},
    program: programRefOf(must(state.programs.get(unit.programUid), `program ${unit.programUid}`)),
    configRevision: unit.configRevision,
    leader: isLeader(state, unit),
    role: observed?.role ?? null,
    health: healthOf(unit),
    step: unit.step?.step ?? unit.failed?.step ?? null,
    message: messageOf(state, unit, observed),
    startedAt: observed?.startedAt ?? null,
    observedAt: observed?.observedAt ?? null,
  };
};

/** `unknown` before it was ever up: nothing has been said of it yet. */
const healthOf = (unit: UnitRow): string => {
  if (!unit.deployed || unit.goal !== 'run') return 'unknown';
  return unit.health.ok ? 'healthy' : 'unhealthy';
};

const messageOf = (state: ServiceState, unit: UnitRow, observed: Observed | null): string | null => {
  const waiting = waitingFor(state, unit);
  if (waiting !== null) return waiting;
  if (unit.deployed && unit.goal === 'run' && !unit.health.ok) return unit.health.message;
  return observed === null || observed.message === '' ? null : observed.message;
};

export const getUnit = (state: ServiceState, name: string, observe?: Observe): UnitView | null => {
  const unit = unitNamed(state, name);
  return unit === null ? null : unitViewOf(state, unit, observe);
};

const keyOf = ({ name, ordinal }: UnitRow): string => `${name.slice(0, name.lastIndexOf('/'))}/${numberKey(ordinal)}`;

/** Filters: `group`, `service` (`cache/redis`), `state`, `machine`. */
export const listUnits = (state: ServiceState, options: ListOptions, observe?: Observe): Page<UnitView> => {
  const { filters } = options;
  const rows = [...state.units.values()].filter(
    (unit) =>
      !unit.ghost &&
      passes(filters, 'group', unit.name.slice(0, unit.name.indexOf('/'))) &&
      passes(filters, 'service', unit.name.slice(0, unit.name.lastIndexOf('/'))) &&
      passes(filters, 'state', unit.state) &&
      passes(filters, 'machine', unit.binding?.machine ?? ''),
  );
  return pageOf(rows, keyOf, (unit) => unitViewOf(state, unit, observe), options);
};
