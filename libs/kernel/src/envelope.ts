import type { HlcTimestamp } from './hlc.ts';
import type { JsonObject } from './json.ts';

/** The three event-sourced contexts, each with its own log. */
export const contextNames = ['machine', 'resource', 'service'] as const;
export type ContextName = (typeof contextNames)[number];

/** How far the writer had consumed the other logs when it decided. Never decreases within one log. */
export type Seen = { readonly [context in ContextName]?: number };

export interface EventMeta {
  /** uid or name of the subject who asked: `user:admin`, `agent:<machine uid>`, `system:<context>`. */
  readonly actor: string;
  readonly tenant: string;
  readonly commandId: string;
  /** The command a person or a fault began with; the same over all its consequences in every context. */
  readonly correlationId: string;
  /** Id of the event that caused this one, or of the command where no event did. */
  readonly causationId: string;
  readonly reason: string | null;
  /** The foreign event that this one answers. */
  readonly source: { readonly context: ContextName; readonly position: number } | null;
  readonly hlc: HlcTimestamp;
  readonly seen: Seen;
}

/** What a decision yields: an event without its place in the log. `stream` is `<aggregate>/<uid>`. */
export interface NewEvent<T extends string = string, D = JsonObject> {
  readonly stream: string;
  readonly type: T;
  readonly version: number;
  readonly data: D;
}

/** An event in its place. `position` is consecutive from 1 in its context, `revision` from 1 in its stream. */
export interface EventEnvelope<T extends string = string, D = JsonObject> extends NewEvent<T, D> {
  /** UUIDv7. */
  readonly id: string;
  readonly context: ContextName;
  /** uuid of the log's history; another one after a restore or a lossy fail-over. */
  readonly lineage: string;
  readonly position: number;
  readonly revision: number;
  /** ISO 8601 UTC, milliseconds. */
  readonly time: string;
  readonly meta: EventMeta;
}
