export * from './port.ts';
export * from './runtime/index.ts';
export { rebuildHash } from './rebuild/index.ts';
export * from './catch-up/index.ts';
export * from './fault-point.ts';
export { stderrReports, type Alarm, type Reports } from './reports.ts';
export { nodeHost, pause, Backoff, type Clock, type Host, type Timers } from './host/index.ts';
export type { WriterLimits } from './writer/index.ts';
export * from './agent-link/index.ts';
