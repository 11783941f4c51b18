export { openContext } from './open-context.ts';
export { ContextRuntime, readTimeoutMsDefault } from './context-runtime.ts';
export type { ContextOptions, Timings } from './options.ts';
