import type { PoolView } from '@yiqiu/contracts';
import type { MachineContextState } from '../state.ts';
import type { Pool } from './state.ts';
import { countsOf } from './state.ts';

/** `machines` counts by state; a list takes the counts of all pools once. */
export const poolView = (state: MachineContextState, pool: Pool, counts = countsOf(state)): PoolView => ({
  name: pool.name,
  region: pool.region,
  initStrategy: pool.initStrategy,
  autoOnline: pool.autoOnline,
  policy: pool.policy,
  frozen: pool.frozen === null ? null : { since: pool.frozen.since, reason: pool.frozen.reason },
  machines: { ...counts.get(pool.uid) },
});

export type PoolFilters = { readonly name?: string | undefined };

export const poolsWhere = (state: MachineContextState, { name }: PoolFilters): readonly Pool[] =>
  [...state.pools.values()].filter((pool) => name === undefined || pool.name === name);
