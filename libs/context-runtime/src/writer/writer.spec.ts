import { describe, expect, it } from '@jest/globals';
import { encodeEvent, leafHash, RefusedError } from '@yiqiu/kernel';
import { openMemoryLog, type MemoryLog, type StoredEvent } from '@yiqiu/event-log';
import { add } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { meta, until, valueOf } from '../fixtures/harness.fixture.ts';

const { open } = contexts();

const events = async (log: MemoryLog): Promise<StoredEvent[]> => Array.fromAsync(log.read(1));

/** A log whose appends wait until the test lets them go. */
const gatedLog = (): {
  readonly log: MemoryLog;
  readonly release: () => void;
  readonly appends: () => number;
  hold(): void;
} => {
  const log = openMemoryLog({ context: 'resource' });
  let gate: Promise<void> = Promise.resolve();
  let open: () => void = () => undefined;
  let appends = 0;
  const append = log.append.bind(log);
  log.append = async (...args) => {
    appends += 1;
    await gate;
    return append(...args);
  };
  return {
    log,
    appends: () => appends,
    hold: () => {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    release: () => open(),
  };
};

describe('submit', () => {
  it('stores the events of a command in their places and answers', async () => {
    const { runtime, log } = await open();
    const first = await runtime.submit(add('a', 2), {
      ...meta('one'),
      reason: 'why',
      correlationId: 'corr',
      causationId: 'cause',
    });
    expect(first).toEqual({ answer: { value: 2 }, position: 1, replayed: false });
    const many = await runtime.submit({ type: 'AddMany', data: { counter: 'a', times: 3 } }, meta('two'));
    expect(many).toEqual({ answer: 3, position: 4, replayed: false });
    await runtime.submit(add('b'), meta());

    const stored = await events(log);
    expect(stored.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    expect(stored.map(({ event }) => [event.stream, event.revision])).toEqual([
      ['counter/a', 1],
      ['counter/a', 2],
      ['counter/a', 3],
      ['counter/a', 4],
      ['counter/b', 1],
    ]);
    const [one] = stored;
    expect(one?.event).toMatchObject({
      context: 'resource',
      lineage: log.store.lineage,
      type: 'Added',
      data: { counter: 'a', by: 2 },
      meta: {
        actor: 'user:test',
        tenant: 'default',
        commandId: 'one',
        correlationId: 'corr',
        causationId: 'cause',
        reason: 'why',
        source: null,
        seen: {},
      },
    });
    expect(one?.event.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(stored.map(({ event }) => event.id)).size).toBe(5);
    for (const { body, event, position } of stored) {
      expect(encodeEvent(event)).toBe(body);
      expect(log.store.events.get(position)?.leaf).toEqual(new Uint8Array(leafHash(body)));
    }
    expect(log.store.commands.get('two')).toMatchObject({ first: 2, last: 4, answer: '3' });
  });

  it('gives every event a later timestamp, and promises no later one below', async () => {
    const { runtime, log } = await open();
    for (let n = 0; n < 20; n++) await runtime.submit({ type: 'AddMany', data: { counter: 'a', times: 5 } }, meta());
    const stamps = (await events(log)).map(({ event }) => event.meta.hlc);
    for (const [n, { l, c }] of stamps.entries()) {
      const before = stamps[n - 1];
      if (before !== undefined) expect(l > before.l || (l === before.l && c > before.c)).toBe(true);
    }
    const closed = log.store.closed;
    await until('the closed timestamp to move while nothing happens', () => log.store.closed.l > closed.l);
    const promised = log.store.closed;
    await runtime.submit(add('a'), meta());
    const last = (await events(log)).at(-1)?.event.meta.hlc;
    expect(last === undefined ? 0 : last.l - promised.l || last.c - promised.c).toBeGreaterThan(0);
  });

  it('decides what waits as one batch, on top of the one that is on its way', async () => {
    const gated = gatedLog();
    const { runtime, log } = await open({ log: gated.log });
    gated.hold();
    const before = gated.appends();
    const first = runtime.submit(add('a'), meta());
    await until('the first batch to be on its way', () => gated.appends() === before + 1);
    const rest = Array.from({ length: 100 }, () => runtime.submit(add('a'), meta()));
    const settled: string[] = [];
    void first.then(() => settled.push('first'));
    const refused = runtime
      .submit({ type: 'Poison', data: { how: 'throw' } }, meta())
      .catch(() => settled.push('refused'));
    const readsAll = runtime.read((state) => state.counters.get('a')?.value);
    void readsAll.then(() => settled.push('read'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(settled).toEqual([]);
    expect(log.store.position).toBe(0);
    gated.release();
    const answers = await Promise.all([first, ...rest]);
    await refused;
    expect(answers.map(({ answer }) => answer)).toEqual(Array.from({ length: 101 }, (_, n) => ({ value: n + 1 })));
    expect(gated.appends() - before).toBeLessThan(6);
    expect(await readsAll).toBeGreaterThanOrEqual(1);
    expect(await valueOf(runtime, 'a')).toBe(101);
  });

  it('refuses what does not fit the queue, and loses nothing of what does', async () => {
    const gated = gatedLog();
    const { runtime } = await open({ log: gated.log, limits: { queueMax: 10, batchCommandsMax: 4 } });
    gated.hold();
    const all = Array.from({ length: 50 }, () => runtime.submit(add('a'), meta()));
    const outcomes = Promise.allSettled(all);
    await new Promise((resolve) => setTimeout(resolve, 20));
    gated.release();
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(40);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ error: { kind: 'exhausted', code: 'context-queue-full' } });
    expect(await valueOf(runtime, 'a')).toBe(10);
  });
});

describe('a command id', () => {
  it('gives the same answer again, in the batch, on its way, from the log and after a restart', async () => {
    const gated = gatedLog();
    const { runtime, log } = await open({ log: gated.log });
    const id = meta('same');
    const [one, two] = await Promise.all([runtime.submit(add('a', 5), id), runtime.submit(add('a', 5), id)]);
    expect(one).toEqual({ answer: { value: 5 }, position: 1, replayed: false });
    expect(two).toEqual({ ...one, replayed: true });
    expect(await runtime.submit(add('a', 5), id)).toEqual({ ...one, replayed: true });

    gated.hold();
    const before = gated.appends();
    const underWay = runtime.submit(add('a', 1), meta('under way'));
    await until('it to be on its way', () => gated.appends() > before);
    const again = runtime.submit(add('a', 1), meta('under way'));
    await new Promise((resolve) => setTimeout(resolve, 10));
    gated.release();
    expect(await again).toEqual({ ...(await underWay), replayed: true });

    await runtime.stop();
    const next = await open({ log });
    expect(await next.runtime.submit(add('a', 5), id)).toEqual({ ...one, replayed: true });
    expect(await valueOf(next.runtime, 'a')).toBe(6);
  });

  it('belongs to one command: key order does not matter, anything else does', async () => {
    const { runtime } = await open();
    await runtime.submit({ type: 'Add', data: { counter: 'a', by: 1 } }, meta('mine'));
    expect((await runtime.submit({ type: 'Add', data: { by: 1, counter: 'a' } }, meta('mine'))).replayed).toBe(true);
    const other = runtime.submit(add('a', 2), meta('mine'));
    await expect(other).rejects.toMatchObject({ error: { kind: 'invalid', code: 'command-id-reused' } });
    const both = await Promise.allSettled([
      runtime.submit(add('b', 1), meta('new')),
      runtime.submit(add('b', 2), meta('new')),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await valueOf(runtime, 'b')).toBe(1);
  });

  it('keeps accepted commands without events, and does not keep refusals', async () => {
    const { runtime, log } = await open({ domain: { max: 3 } });
    expect((await runtime.submit({ type: 'Nothing', data: {} }, meta('noop'))).answer).toBe('nothing');
    expect(log.store.commands.get('noop')).toMatchObject({ first: null, last: null });
    expect((await runtime.submit({ type: 'Nothing', data: {} }, meta('noop'))).replayed).toBe(true);
    await expect(runtime.submit(add('a', 4), meta('later'))).rejects.toMatchObject({ error: { code: 'counter-full' } });
    await runtime.submit(add('a', -2), meta());
    expect((await runtime.submit(add('a', 4), meta('later'))).answer).toEqual({ value: 2 });
  });

  it.each(['', 'x'.repeat(201), 'nul\u0000', 'lone \ud800'])('is refused where it cannot be kept: %j', async (id) => {
    const { runtime } = await open();
    await expect(runtime.submit(add('a'), meta(id))).rejects.toMatchObject({
      error: { kind: 'malformed', code: 'command-id-malformed' },
    });
  });
});

describe('a poisonous command', () => {
  it.each([
    ['throw', 'command-failed'],
    ['cyclic', 'command-failed'],
    ['large', 'event-too-large'],
    ['stream', 'event-stream-invalid'],
    ['answer', 'command-answer-too-large'],
  ] as const)('fails alone: %s', async (how, code) => {
    const { runtime, log } = await open();
    const good = [runtime.submit(add('a'), meta()), runtime.submit(add('a'), meta())];
    const poison = runtime.submit({ type: 'Poison', data: { how } }, meta());
    good.push(runtime.submit(add('a'), meta()));
    await expect(poison).rejects.toMatchObject({ error: { code } });
    await Promise.all(good);
    expect(await valueOf(runtime, 'a')).toBe(3);
    expect((await events(log)).map(({ position }) => position)).toEqual([1, 2, 3]);
    expect(runtime.status().phase).toBe('leading');
  });

  it('is folded as it was stored: what JSON changes is changed in memory too', async () => {
    const { runtime, log } = await open();
    await runtime.submit({ type: 'Poison', data: { how: 'nan' } }, meta());
    const [stored] = await events(log);
    expect(stored?.event.data).toEqual({ counter: 'n', by: 1, at: null, text: '\ud800\u0000' });
    expect(stored?.body.isWellFormed()).toBe(true);
    expect(stored?.body).not.toContain('\u0000');
  });

  it('halts the context where its event cannot be folded, and stores nothing of its batch', async () => {
    const { runtime, log, reports } = await open();
    await runtime.submit(add('a'), meta());
    const good = runtime.submit(add('a'), meta());
    const poison = runtime.submit({ type: 'Poison', data: { how: 'evolve' } }, meta());
    await expect(poison).rejects.toBeInstanceOf(RefusedError);
    await expect(good).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    await until('the context to halt', () => runtime.status().phase === 'halted');
    expect(reports.codes()).toContain('halted');
    expect(log.store.position).toBe(1);
    await expect(runtime.submit(add('a'), meta())).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    await expect(valueOf(runtime, 'a')).rejects.toMatchObject({ error: { kind: 'unavailable' } });
  });
});
