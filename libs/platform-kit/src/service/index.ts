export { LifecycleModule, STOPPING } from './lifecycle.ts';
export { drainMs, startService } from './start.ts';
export type { RunningService, ServiceOptions } from './start.ts';
export { runService, stopMaxMs } from './run.ts';
