import type { ContainerView } from '@yiqiu/contracts';
import type { PendingPlacement } from '../placement/state.ts';
import type { ResourceContextState } from '../state.ts';
import type { Container } from './state.ts';

/** A container, or what waits to become one (`PENDING`, under its request's id). */
export type Listed = Container | PendingPlacement;

const isPending = (row: Listed): row is PendingPlacement => 'since' in row;

export const idOf = (row: Listed): string => (isPending(row) ? row.requestId : row.uid);

export const stateOf = (row: Listed): string => (isPending(row) ? 'PENDING' : row.state);

export const containerView = (row: Listed): ContainerView => ({
  id: idOf(row),
  service: row.service,
  ordinal: row.ordinal,
  incarnation: row.incarnation,
  machine: isPending(row) ? null : row.machine,
  ports: isPending(row) ? {} : { ...row.ports },
  state: stateOf(row),
  package: row.package,
  replaces: isPending(row) ? null : row.replaces,
  message: row.message,
});

export interface ContainerFilters {
  readonly group?: string;
  readonly service?: string;
  /** Name of a machine. */
  readonly machine?: string;
  readonly pool?: string;
  readonly state?: string;
  readonly package?: string;
}

/** Containers and pending work that match all filters given. */
export const containersWhere = function* (state: ResourceContextState, filters: ContainerFilters): Generator<Listed> {
  for (const row of state.containers.values()) if (matches(state, row, filters)) yield row;
  for (const row of state.pending.values()) if (matches(state, row, filters)) yield row;
};

/** By container uid, or by request id while it waits. */
export const containerById = (state: ResourceContextState, id: string): Listed | undefined =>
  state.containers.get(id) ?? state.pending.get(id);

const matches = (state: ResourceContextState, row: Listed, filters: ContainerFilters): boolean => {
  const { group, service, machine, pool, state: wanted, package: packageName } = filters;
  if (group !== undefined && !row.service.startsWith(`${group}/`)) return false;
  if (service !== undefined && row.service !== service) return false;
  if (wanted !== undefined && stateOf(row) !== wanted) return false;
  if (packageName !== undefined && row.package !== packageName) return false;
  if (machine === undefined && pool === undefined) return true;
  if (isPending(row)) return false;
  if (machine !== undefined && row.machine !== machine) return false;
  return pool === undefined || state.hosts.get(row.machineUid)?.pool === pool;
};
