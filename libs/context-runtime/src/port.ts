import type { Command, ContextName, EventEnvelope, Json, JsonObject } from '@yiqiu/kernel';

export interface SubmitMeta {
  /**
   * At most 200 characters. The same id with the same command gives the same answer, for as long as answers are kept
   * (`commandRetentionMs`, 7 days); another command is refused (422).
   */
  readonly commandId: string;
  readonly actor: string;
  readonly reason?: string | null;
  /** Defaults to the command id. */
  readonly correlationId?: string;
  /** Defaults to the command id. */
  readonly causationId?: string;
  /**
   * What was asked, where the command holds more than that (what the shell looked up for it): two requests under one id are
   * the same where this is equal. Default: the command's data.
   */
  readonly asked?: JsonObject;
}

export interface Submitted {
  readonly answer: Json;
  /** Where the log stood after the command: give it as `minPosition` to read one's own write. */
  readonly position: number;
  /** True where the answer is an earlier one under the same id. */
  readonly replayed: boolean;
}

/** Whether the context leads here, and how far it is. */
export interface RuntimeStatus {
  readonly phase: 'starting' | 'rebuilding' | 'leading' | 'standby' | 'stopping' | 'stopped' | 'halted';
  readonly lineage: string | null;
  readonly epoch: number;
  readonly position: number;
  readonly published: number;
  readonly message: string | null;
  /** Contexts whose events are no longer taken until an operator has seen to it. */
  readonly halts: readonly ConsumerHalt[];
}

export interface ConsumerHalt {
  readonly context: ContextName;
  readonly message: string;
  /** ms since the epoch. */
  readonly sinceMs: number;
}

/**
 * A context at work, as its shell sees it. Refusals are thrown as RefusedError (kernel); `unavailable` where it does not
 * lead, `exhausted` (RESOURCE_EXHAUSTED, 429) where its queue is full.
 */
export interface Runtime<S, C extends Command> {
  /** Resolves when the events are durable. */
  submit(command: C, meta: SubmitMeta): Promise<Submitted>;
  /** Runs `view` on memory as of a durable position at or after `minPosition`; waits at most `timeoutMs` (5,000). `view` must not keep or change state. */
  read<T>(view: (state: S) => T, options?: { readonly minPosition?: number; readonly timeoutMs?: number }): Promise<T>;
  /** Called after each durable batch with its events, in order, and once after each rebuild with none. */
  onCommitted(listener: (events: readonly EventEnvelope[]) => void): () => void;
  /**
   * Promises anew that later events have a greater timestamp than now, durably. Resolves when it is done; where it does not
   * lead, at once.
   */
  moveClosed(): Promise<void>;
  status(): RuntimeStatus;
  /** ms since the epoch, as decisions see it. */
  now(): number;
}
