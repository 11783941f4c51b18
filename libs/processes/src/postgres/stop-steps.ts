import type { StopStep } from '../signal.ts';

/** SIGINT: a "fast" shutdown, which ends connections and writes a checkpoint; SIGQUIT: "immediate", recovered at the next start. */
export const postgresStopSteps: readonly StopStep[] = [
  { signal: 'SIGINT', deadlineMs: 15_000 },
  { signal: 'SIGQUIT', deadlineMs: 5_000 },
];
