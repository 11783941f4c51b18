import {
  stateHash,
  type Command,
  type ContextDomain,
  type Ctx,
  type Decision,
  type DomainError,
  type EventEnvelope,
  type Json,
  type NewEvent,
  type Reaction,
} from '@yiqiu/kernel';
import assert from 'node:assert/strict';
import { Envelopes, testNowMs, testUuid } from './envelopes.ts';

export interface WhenOptions {
  /** ms since the epoch; from then on also of what follows. */
  readonly now?: number;
  readonly actor?: string;
  readonly reason?: string | null;
  readonly commandId?: string;
}

/** A domain with a history: `given(domain, events).when(command).then(events)`, or `.refused(code)`. */
export interface Given<S, C extends Command, E extends NewEvent> {
  readonly state: S;
  /** Decides, and folds what was decided. Time is fixed, uuids count from `testUuid(1)`. */
  when(command: C, options?: WhenOptions): Decided<S, C, E>;
  /** What the context's reactor answers to another context's event. Throws where it has none for that context. */
  reactionsTo(foreign: EventEnvelope): readonly Reaction<C>[];
}

/** What came of a command, once looked at. It is a {@link Given} again, so that a story goes on. */
export interface Checked<S, C extends Command, E extends NewEvent> extends Given<S, C, E> {
  /** Empty where the command was refused. */
  readonly events: readonly E[];
  /** The same in their places. */
  readonly envelopes: readonly EventEnvelope[];
  readonly error: DomainError | null;
  /** Fails unless events of exactly these types were decided, in this order. */
  thenTypes(...types: readonly E['type'][]): Checked<S, C, E>;
  /** Fails unless the command was accepted with this answer. */
  answers(expected: Json): Checked<S, C, E>;
  /** Fails unless the command was refused with this code; gives the error for a closer look. */
  refused(code: string): DomainError;
}

/** What came of a command. Only this has `then`: what a test returns must not look like a promise. */
export interface Decided<S, C extends Command, E extends NewEvent> extends Checked<S, C, E> {
  /** Fails unless exactly these events were decided, in this order. */
  then(expected: readonly NewEvent[]): Checked<S, C, E>;
}

/** Folds a history, given as new events in the order in which they happened. */
export const given = <S, C extends Command, E extends NewEvent>(
  domain: ContextDomain<S, C, E>,
  history: readonly NewEvent[] = [],
): Given<S, C, E> => {
  const story = new Story(domain);
  story.fold(history);
  return story.given();
};

class Story<S, C extends Command, E extends NewEvent> {
  readonly #domain: ContextDomain<S, C, E>;
  readonly #envelopes: Envelopes;
  readonly #state: S;
  #now = testNowMs;
  #uuids = 0;
  #commands = 0;

  constructor(domain: ContextDomain<S, C, E>) {
    this.#domain = domain;
    this.#envelopes = new Envelopes(domain.context);
    this.#state = domain.initial();
  }

  fold(events: readonly NewEvent[]): EventEnvelope[] {
    return events.map((event) => {
      const placed = this.#envelopes.place(event, { now: this.#now });
      this.#domain.evolve(this.#state, placed);
      return placed;
    });
  }

  given(): Given<S, C, E> {
    return {
      state: this.#state,
      when: (command, options) => this.#when(command, options ?? {}),
      reactionsTo: (foreign) => {
        const reactor = this.#domain.reactors[foreign.context];
        if (reactor === undefined) throw new Error(`${this.#domain.context} has no reactor to ${foreign.context}`);
        assert.ok(
          reactor.types.includes(foreign.type),
          `the reactor to ${foreign.context} does not take ${foreign.type}`,
        );
        return reactor.react(this.#state, foreign);
      },
    };
  }

  #when(command: C, options: WhenOptions): Decided<S, C, E> {
    this.#now = options.now ?? this.#now;
    const decision = this.#decide(command, options);
    const events = decision.ok ? decision.events : [];
    const envelopes = this.fold(events);
    const checked: Checked<S, C, E> = {
      ...this.given(),
      events,
      envelopes,
      error: decision.ok ? null : decision.error,
      thenTypes: (...types) => {
        assertAccepted(command, decision);
        const actual = events.map(({ type }) => type);
        assert.deepEqual(actual, types, `${command.type} decided other events`);
        return checked;
      },
      answers: (expected) => {
        assertAccepted(command, decision);
        assert.deepEqual(plain(decision.answer), plain(expected), `${command.type} answered something else`);
        return checked;
      },
      refused: (code) => {
        if (decision.ok)
          assert.fail(`${command.type} was accepted with ${events.length} events, not refused with ${code}`);
        assert.equal(decision.error.code, code, `${command.type} was refused otherwise: ${decision.error.message}`);
        return decision.error;
      },
    };
    const then = (expected: readonly NewEvent[]): Checked<S, C, E> => {
      assert.ok(Array.isArray(expected), 'a decision is no promise: do not return or await it, say what it must be');
      assertAccepted(command, decision);
      assert.deepEqual(events.map(plain), expected.map(plain), `${command.type} decided other events`);
      return checked;
    };
    return { ...checked, then };
  }

  /** A decision only reads the state: the hash before and after must be the same. */
  #decide(command: C, { actor = 'user:test', reason = null, commandId }: WhenOptions): Decision<E> {
    this.#commands += 1;
    const ctx: Ctx = {
      now: this.#now,
      uuid: () => testUuid(++this.#uuids),
      actor,
      reason,
      commandId: commandId ?? `test-${this.#commands}`,
    };
    const before = stateHash(this.#domain.tables(this.#state));
    const decision = this.#domain.decide(this.#state, command, ctx);
    assert.equal(stateHash(this.#domain.tables(this.#state)), before, `deciding ${command.type} changed the state`);
    return decision;
  }
}

/** As JSON has it, which is how it is stored: `undefined` is left out. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function assertAccepted<E extends NewEvent>(
  command: Command,
  decision: Decision<E>,
): asserts decision is Extract<Decision<E>, { readonly ok: true }> {
  if (!decision.ok) assert.fail(`${command.type} was refused: ${decision.error.code}: ${decision.error.message}`);
}

/**
 * Fails unless the state survives a snapshot: its rows, through JSON, restored, give the same hash. Worth a call at the end
 * of every domain test with a long story.
 */
export const assertRestores = <S, C extends Command, E extends NewEvent>(
  domain: ContextDomain<S, C, E>,
  state: S,
): void => {
  const rows: { [table: string]: [string, Json][] } = {};
  for (const [table, entries] of Object.entries(domain.tables(state))) {
    rows[table] = Array.from(entries, ([key, row]) => [key, structuredClone(row)]);
  }
  assert.equal(
    stateHash(domain.tables(domain.restore(rows))),
    stateHash(domain.tables(state)),
    'restoring the rows gives another state',
  );
};
