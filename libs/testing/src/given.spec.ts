import { describe, expect, it } from '@jest/globals';
import {
  accept,
  refusal,
  refuse,
  type Command,
  type ContextDomain,
  type EventEnvelope,
  type NewEvent,
} from '@yiqiu/kernel';
import { assertRestores, Envelopes, given, testNowMs, testUuid } from './index.ts';

type Add = Command<'Add', { readonly by: number }>;
type Added = NewEvent<
  'Added',
  { readonly id: string; readonly by: number; readonly at: number; readonly note?: string }
>;
interface Counter {
  total: number;
  readonly seen: string[];
}

const added = (id: string, by: number, at = testNowMs): Added => ({
  stream: 'counter/c',
  type: 'Added',
  version: 1,
  data: { id, by, at },
});

/** The smallest domain there is; `leaky` breaks the rules. */
const counter = (leaky = false): ContextDomain<Counter, Add, Added> => ({
  context: 'machine',
  foldVersion: 1,
  initial: () => ({ total: 0, seen: [] }),
  decide: (state, { data: { by } }, ctx) => {
    if (leaky) state.total += 1;
    if (by < 0) return refuse(refusal('invalid', 'by-negative', `by is ${by}, at least 0 is allowed`));
    return accept([added(ctx.uuid(), by, ctx.now)], { total: state.total + by });
  },
  evolve: (state, event: EventEnvelope) => {
    const by = event.data['by'];
    if (event.type !== 'Added' || typeof by !== 'number') throw new Error(`unknown ${event.type}`);
    state.total += by;
    state.seen.push(event.id);
  },
  react: () => [],
  reactors: {
    service: {
      types: ['UnitReady'],
      react: (state) => [{ command: { type: 'Add', data: { by: state.total } }, ifRefused: 'halt' }],
    },
  },
  tick: () => null,
  nextDeadline: () => null,
  tables: (state) => ({ counter: [['c', { total: state.total, seen: state.seen }]] }),
  restore: ({ counter: rows = [] }) => {
    const row = rows[0]?.[1];
    const total = typeof row === 'object' && row !== null && 'total' in row ? Number(row.total) : 0;
    return { total, seen: leaky ? [] : (JSON.parse(JSON.stringify(row)) as Counter).seen };
  },
});

describe('given, when, then', () => {
  it('compares the decided events', () => {
    given(counter(), [added('x', 2)])
      .when({ type: 'Add', data: { by: 3 } })
      .then([added(testUuid(1), 3)])
      .thenTypes('Added')
      .answers({ total: 5 });
  });

  it('goes on with the story, in its time', () => {
    const story = given(counter())
      .when({ type: 'Add', data: { by: 1 } })
      .then([added(testUuid(1), 1)])
      .when({ type: 'Add', data: { by: 1 } }, { now: testNowMs + 5 })
      .then([added(testUuid(2), 1, testNowMs + 5)]);
    expect(story.state.total).toBe(2);
    expect(story.envelopes).toMatchObject([{ position: 2, revision: 2, time: '2026-01-01T00:00:00.005Z' }]);
    assertRestores(counter(), story.state);
  });

  it('takes a refusal for one, and nothing else', () => {
    expect(
      given(counter())
        .when({ type: 'Add', data: { by: -1 } })
        .refused('by-negative').message,
    ).toContain('-1');
    expect(() =>
      given(counter())
        .when({ type: 'Add', data: { by: -1 } })
        .refused('other'),
    ).toThrow(/refused otherwise/);
    expect(() =>
      given(counter())
        .when({ type: 'Add', data: { by: -1 } })
        .then([]),
    ).toThrow(/was refused: by-negative/);
    expect(() =>
      given(counter())
        .when({ type: 'Add', data: { by: 1 } })
        .refused('by-negative'),
    ).toThrow(/was accepted/);
  });

  it('fails on other events', () => {
    const decided = given(counter()).when({ type: 'Add', data: { by: 1 } });
    expect(() => decided.then([])).toThrow(/other events/);
    expect(() => decided.then([added(testUuid(1), 2)])).toThrow(/other events/);
    expect(() => decided.thenTypes()).toThrow(/other events/);
    expect(() => decided.answers({ total: 2 })).toThrow(/answered something else/);
  });

  it('fails where a decision changes the state, and where a snapshot loses some of it', () => {
    expect(() => given(counter(true)).when({ type: 'Add', data: { by: 1 } })).toThrow(/changed the state/);
    expect(() => assertRestores(counter(true), { total: 1, seen: ['x'] })).toThrow(/another state/);
  });

  it('is not taken for a promise', async () => {
    const checked = given(counter())
      .when({ type: 'Add', data: { by: 1 } })
      .thenTypes('Added');
    expect(await checked).toBe(checked);
    const decided: unknown = given(counter()).when({ type: 'Add', data: { by: 1 } });
    await expect(Promise.resolve(decided)).rejects.toThrow(/is no promise/);
  });

  it('asks the reactor', () => {
    const foreign = new Envelopes('service');
    const ready = foreign.place({ stream: 'unit/u', type: 'UnitReady', version: 1, data: {} });
    const other = foreign.place({ stream: 'unit/u', type: 'UnitGone', version: 1, data: {} });
    const story = given(counter(), [added('x', 4)]);
    expect(story.reactionsTo(ready)).toEqual([{ command: { type: 'Add', data: { by: 4 } }, ifRefused: 'halt' }]);
    expect(() => story.reactionsTo(other)).toThrow(/does not take UnitGone/);
    expect(() => story.reactionsTo({ ...ready, context: 'resource' })).toThrow(/no reactor to resource/);
  });

  it('makes uuids of version 7 that count', () => {
    expect(testUuid(1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set([1, 2, 3].map(testUuid)).size).toBe(3);
  });
});
