import type { ContextName } from '@yiqiu/kernel';

/** A stored event on its way: the body is the stored text itself. */
export interface BusEvent {
  readonly position: number;
  readonly lineage: string;
  readonly body: string;
}

export interface OutgoingEvent extends BusEvent {
  readonly stream: string;
  readonly type: string;
}

/**
 * Transport of domain events between contexts. It may lose, never reorder: who sees a hole reads the missing positions from
 * the owner's log. One publisher per context (the leader), any number of consumers.
 */
export interface EventBus {
  /** The last position of a context that the bus holds, or null where it holds none. */
  lastPublished(context: ContextName): Promise<{ readonly position: number; readonly lineage: string } | null>;
  /** In order; resolves when all are acknowledged. Throws where that is not known; repeating is harmless. */
  publish(context: ContextName, events: readonly OutgoingEvent[]): Promise<void>;
  /**
   * Events after `afterPosition`, in order, then live, until the signal aborts. May begin later than asked (retention, a
   * rebuilt stream) and may have holes: the caller checks positions. Throws where the connection is lost for good.
   */
  consume(context: ContextName, afterPosition: number, signal: AbortSignal): AsyncIterable<BusEvent>;
}
