export { Readiness } from './readiness.ts';
export type { ReadinessCheck, ReadinessReport } from './readiness.ts';
export { startHealthServer } from './server.ts';
export type { HealthServer, HealthServerOptions } from './server.ts';
export { createMetrics, HealthModule } from './module.ts';
