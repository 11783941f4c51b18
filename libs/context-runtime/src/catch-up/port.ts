import type { ContextName } from '@yiqiu/kernel';

/** An event as the owner's log has it. */
export interface CaughtUpEvent {
  readonly position: number;
  /** The exact stored text. */
  readonly body: string;
}

/**
 * Reads another context's log at its owner, where the bus has holes or does not reach back. Errors are the caller's to
 * retry; calls have deadlines of their own.
 */
export interface CatchUp {
  head(context: ContextName, signal: AbortSignal): Promise<{ readonly position: number; readonly lineage: string }>;
  /** Positions `from` to `to`, both included, in order. Throws where the owner gives fewer. */
  read(context: ContextName, from: number, to: number, signal: AbortSignal): AsyncIterable<CaughtUpEvent>;
}
