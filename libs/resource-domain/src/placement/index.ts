export { allocateContainer } from './allocate.ts';
export type { AllocateContainer } from './allocate.ts';
export { placePending } from './place-pending.ts';
export type { PlacePending } from './place-pending.ts';
export { evolvePlacement } from './evolve.ts';
export { placementFilters } from './fit.ts';
export { dynamicPorts } from './ports.ts';
export { pendingRow, placementRequest, putPending } from './state.ts';
export type { PendingPlacement, PlacementRequest } from './state.ts';
