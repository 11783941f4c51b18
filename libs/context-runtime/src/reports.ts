import type { ContextName, JsonObject } from '@yiqiu/kernel';

/** What a person must look at. `code` is stable; alert rules match on it. */
export interface Alarm {
  readonly context: ContextName;
  readonly code:
    | 'halted'
    | 'fenced'
    | 'lease-lost'
    | 'append-failed'
    | 'outcome-unknown'
    | 'command-threw'
    | 'consumer-halted'
    | 'consumer-failing'
    | 'foreign-clock-ahead'
    | 'foreign-lineage'
    | 'clock-jumped'
    | 'tick-failing'
    | 'publisher-failing'
    | 'bus-lineage'
    | 'snapshot-failed'
    | 'snapshot-dropped'
    | 'prune-failed'
    | 'listener-threw'
    | 'leadership-failing';
  readonly message: string;
  readonly details?: JsonObject;
}

/** Where the runtime tells what happens to it: the app's logger and metrics. */
export interface Reports {
  info(context: ContextName, message: string, details?: JsonObject): void;
  alarm(alarm: Alarm): void;
}

/** For programs without a logger: one line of JSON each on standard error. */
export const stderrReports: Reports = {
  info: (context, message, details) => console.error(JSON.stringify({ level: 'info', context, message, ...details })),
  alarm: ({ details, ...alarm }) => console.error(JSON.stringify({ level: 'error', ...alarm, ...details })),
};

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
