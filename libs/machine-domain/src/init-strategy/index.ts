export { createInitStrategy, stepTimeout } from './create.ts';
export type { CreateInitStrategy } from './create.ts';
export { evolveInitStrategy } from './evolve.ts';
export { checkRuns, itemAt, itemCount, newestRevision, revisionOf, strategyRevisionRow } from './state.ts';
export type { InitItem, StrategyRevision } from './state.ts';
export { durationText, initStrategiesWhere, initStrategyView } from './view.ts';
export type { InitStrategyFilters } from './view.ts';
