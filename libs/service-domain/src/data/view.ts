import type { DataView } from '@yiqiu/contracts';
import type { ListOptions, Page } from '../paging.ts';
import { pageOf, passes } from '../paging.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import type { DataRow } from './state.ts';

export const viewOf = ({ uid, unit, incarnation, machine, path, sizeBytes, kind, since }: DataRow): DataView => ({
  id: uid,
  unit,
  incarnation,
  machine,
  path,
  sizeBytes,
  kind,
  since,
});

/** Data of a unit whose machine never said what became of it: where it was, relative to the agent's root, of unknown size. */
const ghostsOf = (state: ServiceState, unit: UnitRow): DataView[] => {
  const { binding } = unit;
  if (binding === null) return [];
  return manifestOf(state, unit.programUid).data.map(({ name, path }) => ({
    id: `${unit.uid}-${name}`,
    unit: unit.name,
    incarnation: unit.incarnation,
    machine: binding.machine,
    path: `${binding.home}/${path}`,
    sizeBytes: 0,
    kind: 'stale',
    since: unit.since,
  }));
};

export const ghostData = (state: ServiceState): DataView[] =>
  [...state.units.values()].filter(({ ghost }) => ghost).flatMap((unit) => ghostsOf(state, unit));

/** Uids of machines that hold data of no unit. */
export const dataMachines = (state: ServiceState): string[] => [
  ...new Set([...state.data.values()].map(({ machineUid }) => machineUid)),
];

/** Data that no unit uses: what removals kept, and what is on machines that could not be asked. Filters: `unit`, `machine`, `kind`. */
export const listData = (state: ServiceState, options: ListOptions): Page<DataView> => {
  const all = [...[...state.data.values()].map(viewOf), ...ghostData(state)];
  const { filters } = options;
  const rows = all.filter(
    ({ unit, machine, kind }) =>
      passes(filters, 'unit', unit) && passes(filters, 'machine', machine) && passes(filters, 'kind', kind),
  );
  return pageOf(
    rows,
    ({ id }) => id,
    (row) => row,
    options,
  );
};
