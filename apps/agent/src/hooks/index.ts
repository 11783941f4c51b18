export { Runner } from './runner.ts';
export { AgentStopping } from './errors.ts';
export { baseEnvironment } from './environment.ts';
export type { RunResult, RunSpec } from './run.ts';
