export { Supervisor, type ProcessMemory, type ProcessState, type SupervisorOptions } from './supervisor.ts';
export type { LaunchSpec } from './launch.ts';
export { afterExit, holdReason, silentFor, type HoldFacts, type RestartDecision } from './policy.ts';
