export { createPool } from './create.ts';
export type { CreatePool } from './create.ts';
export { deletePool } from './delete.ts';
export type { DeletePool } from './delete.ts';
export { evolvePool } from './evolve.ts';
export { defaultFaultPolicy, poolNamed, poolRow } from './state.ts';
export type { Pool } from './state.ts';
export { poolsWhere, poolView } from './view.ts';
export type { PoolFilters } from './view.ts';
