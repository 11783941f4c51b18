import type { DomainError } from './domain-error.ts';
import type { ContextName, EventEnvelope, NewEvent } from './envelope.ts';
import type { Ids } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { TableRows, Tables } from './tables.ts';

/** A request to change a context. `data` is JSON; its schema is checked at the boundary. */
export interface Command<T extends string = string, D = JsonObject> {
  readonly type: T;
  readonly data: D;
}

/** What a decision may know besides the state. All clock and chance come from here. */
export interface Ctx {
  /** ms since the epoch; never goes back within one context. */
  readonly now: number;
  /** A fresh UUIDv7. */
  uuid(): string;
  readonly actor: string;
  readonly reason: string | null;
  readonly commandId: string;
}

export type Decision<E extends NewEvent = NewEvent> =
  | { readonly ok: true; readonly events: readonly E[]; readonly answer: Json }
  | { readonly ok: false; readonly error: DomainError };

export const accept = <E extends NewEvent>(events: readonly E[], answer: Json = null): Decision<E> => ({
  ok: true,
  events,
  answer,
});
export const refuse = (error: DomainError): { readonly ok: false; readonly error: DomainError } => ({
  ok: false,
  error,
});

/**
 * What to do when a command made by a reaction is refused. Every reaction says so: the table is total.
 * `done`: the effect stands already or is no longer wanted; go on. `halt`: a defect; the consumer stops with an alarm.
 * A function: the compensating command, which may not be refused in turn.
 */
export type IfRefused<C extends Command> = 'done' | 'halt' | ((error: DomainError) => C);

export interface Reaction<C extends Command> {
  readonly command: C;
  readonly ifRefused: IfRefused<C>;
}

/** Answers another context's events with commands on the own one. Only the listed types are delivered. */
export interface Reactor<S, C extends Command> {
  readonly types: readonly string[];
  react(state: S, event: EventEnvelope): readonly Reaction<C>[];
}

/**
 * A context's behaviour, pure. `S` is one mutable fold owned by its single writer: `evolve` changes it in place, `decide`
 * and `react` only read it.
 */
export interface ContextDomain<S, C extends Command, E extends NewEvent = NewEvent> {
  readonly context: ContextName;
  /** Raised whenever a fold's result changes; snapshots of another number are dropped. */
  readonly foldVersion: number;
  initial(): S;
  decide(state: S, command: C, ctx: Ctx): Decision<E>;
  /** Throws on a type or version it does not know: a context's own fold never skips. */
  evolve(state: S, event: EventEnvelope): void;
  /** The context's answer to its own event, decided in the same batch. */
  react(state: S, event: EventEnvelope): readonly Reaction<C>[];
  readonly reactors: { readonly [context in ContextName]?: Reactor<S, C> };
  /** The command that makes everything happen that is due at `now`, or null where nothing is. */
  tick(state: S, now: number): C | null;
  /** Earliest deadline, ms since the epoch, or null. */
  nextDeadline(state: S): number | null;
  tables(state: S): Tables;
  restore(rows: TableRows): S;
}

export type { Ids };
