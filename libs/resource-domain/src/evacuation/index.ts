export { cancelEvacuation } from './cancel.ts';
export type { CancelEvacuation } from './cancel.ts';
export { evacuateHost, isToEvacuate } from './evacuate-host.ts';
export type { EvacuateHost } from './evacuate-host.ts';
export { migrateContainer } from './migrate.ts';
export type { MigrateContainer } from './migrate.ts';
export { nextOffer, offerDelayMs } from './hold.ts';
