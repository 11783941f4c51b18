import { describe, expect, it } from '@jest/globals';
import { uuidV7, type EventEnvelope, type Reaction } from '@yiqiu/kernel';
import { encodeForLog, openMemoryLog, type MemoryLog } from '@yiqiu/event-log';
import { MemoryEventBus } from '@yiqiu/messaging';
import { logCatchUp } from '../catch-up/index.ts';
import { add, remembering, type CounterCommand } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { answeredOf, meta, shiftedHost, until, valueOf } from '../fixtures/harness.fixture.ts';

const { open } = contexts();

/** machine counts; resource answers each of its `Added`. */
const pair = async (options: Parameters<typeof open>[0] = {}) => {
  const bus = new MemoryEventBus();
  const machine = await open({ context: 'machine', bus });
  const resource = await open({
    context: 'resource',
    bus,
    catchUp: logCatchUp({ machine: machine.log }),
    domain: { reactors: { machine: remembering() } },
    ...options,
  });
  return { bus, machine, resource };
};

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

const addMany = async (
  runtime: { submit: (c: CounterCommand, m: ReturnType<typeof meta>) => Promise<unknown> },
  n: number,
) => {
  await Promise.all(Array.from({ length: n }, () => runtime.submit(add('a'), meta())));
};

describe('a reactor', () => {
  it('answers each listed event once, in order, with what caused it', async () => {
    const { machine, resource } = await pair();
    await machine.runtime.submit(add('a'), { ...meta('the cause'), correlationId: 'corr' });
    await machine.runtime.submit({ type: 'Expire', data: { counter: 'a', at: 9e14 } }, meta());
    await addMany(machine.runtime, 20);
    await until('all to be answered', async () => (await answeredOf(resource.runtime, 'echo')).length === 21);
    expect(await answeredOf(resource.runtime, 'echo')).toEqual([1, ...upTo(22).slice(2)]);
    const [first] = await Array.fromAsync(resource.log.read(1));
    const [cause] = await Array.fromAsync(machine.log.read(1));
    expect(first?.event.meta).toMatchObject({
      actor: 'system:resource',
      commandId: `${machine.log.store.lineage}:1#0`,
      correlationId: 'corr',
      causationId: cause?.event.id,
      source: { context: 'machine', position: 1 },
      seen: { machine: 1 },
    });
  });

  it('is told of unlisted types only by its cursor, which moves lazily', async () => {
    const { machine, resource } = await pair();
    for (let n = 0; n < 5; n++)
      await machine.runtime.submit({ type: 'Expire', data: { counter: `x${n}`, at: 9e14 } }, meta());
    await until('the cursor to move', () => resource.log.store.cursors.machine?.position === 5);
    expect(resource.log.store.position).toBe(0);
    await resource.runtime.submit(add('own'), meta());
    const [own] = await Array.fromAsync(resource.log.read(1));
    expect(own?.event.meta.seen).toEqual({ machine: 5 });
  });

  it('goes on from its cursor after restarts, with every effect once', async () => {
    const { bus, machine, resource } = await pair();
    await addMany(machine.runtime, 30);
    await until('some to be answered', async () => (await answeredOf(resource.runtime, 'echo')).length >= 10);
    await resource.runtime.stop();
    await addMany(machine.runtime, 30);
    const again = await open({
      context: 'resource',
      bus,
      log: resource.log,
      catchUp: logCatchUp({ machine: machine.log }),
      domain: { reactors: { machine: remembering() } },
    });
    await until('all to be answered', async () => (await answeredOf(again.runtime, 'echo')).length >= 60);
    expect(await answeredOf(again.runtime, 'echo')).toEqual(upTo(60));
  });

  it('repeats nothing where its batch fails', async () => {
    const { machine, resource } = await pair();
    for (const fault of ['not-appended', 'lost-before', 'lost-after', 'lost-after'] as const) {
      resource.log.store.failNext(fault);
      await addMany(machine.runtime, 5);
      await until('the fault to be met', () => resource.log.store.faults.length === 0);
    }
    await until('all to be answered', async () => (await answeredOf(resource.runtime, 'echo')).length >= 20);
    expect(await answeredOf(resource.runtime, 'echo')).toEqual(upTo(20));
    expect(resource.log.store.position).toBe(20);
  });

  it('that has a long way to go does not keep commands out', async () => {
    const { machine, resource } = await pair({ start: false, limits: { batchEventsMax: 10 } });
    await addMany(machine.runtime, 2_000);
    await resource.runtime.start();
    await until('it to have begun', async () => (await answeredOf(resource.runtime, 'echo')).length > 0);
    await resource.runtime.submit(add('own'), meta());
    expect((await answeredOf(resource.runtime, 'echo')).length).toBeLessThan(2_000);
    await until('all to be answered', async () => (await answeredOf(resource.runtime, 'echo')).length === 2_000);
  });

  it('reads from the owner what the bus lost: a beginning, a middle, an end', async () => {
    const { bus, machine, resource } = await pair({ start: false });
    await addMany(machine.runtime, 50);
    await until('all to be published', async () => (await bus.lastPublished('machine'))?.position === 50);
    bus.lose('machine', 20);
    await resource.runtime.start();
    await until('all to be answered', async () => (await answeredOf(resource.runtime, 'echo')).length === 50);
    await machine.runtime.stop();
    // Published by nobody: the bus is behind the log, as after a store that was lost.
    const log = machine.log;
    const head = await log.takeOver();
    const next = Array.from({ length: 5 }, (_, n) => eventAt(log, 51 + n));
    await log.append(50, head.epoch, {
      events: next.map(encodeForLog),
      commands: [],
      cursors: {},
      closed: head.closed,
    });
    await until('the rest to be answered', async () => (await answeredOf(resource.runtime, 'echo')).length === 55);
    expect(await answeredOf(resource.runtime, 'echo')).toEqual(upTo(55));
  });

  it('halts on another history until that is adopted', async () => {
    const { bus, machine, resource } = await pair();
    await addMany(machine.runtime, 10);
    await until('all to be answered', async () => (await answeredOf(resource.runtime, 'echo')).length === 10);
    await machine.runtime.stop();
    const restored = openMemoryLog({ context: 'machine' });
    const catchUp = logCatchUp({ machine: restored });
    await resource.runtime.stop();
    const again = await open({
      context: 'resource',
      bus,
      log: resource.log,
      catchUp,
      domain: { reactors: { machine: remembering() } },
    });
    const other = await open({ context: 'machine', bus, log: restored });
    await addMany(other.runtime, 3);
    await until('the consumer to halt', () => again.reports.codes().includes('foreign-lineage'));
    expect(again.runtime.status()).toMatchObject({
      phase: 'leading',
      message: expect.stringContaining('consumer of machine halted'),
    });
    expect(await answeredOf(again.runtime, 'echo')).toHaveLength(10);
    expect((await again.runtime.submit(add('own'), meta())).answer).toEqual({ value: 1 });
    await again.runtime.adoptLineage('machine', restored.store.lineage, 1);
    await until('the rest to be answered', async () => (await answeredOf(again.runtime, 'echo')).length === 12);
    expect((await answeredOf(again.runtime, 'echo')).slice(10)).toEqual([2, 3]);
    expect(again.runtime.status().message).toBeNull();
    expect(resource.log.store.cursors.machine).toEqual({ position: 3, lineage: restored.store.lineage });
  });

  it('stops on an event from the future, and goes on when that has come', async () => {
    const ahead = shiftedHost();
    ahead.shift(2_000);
    const bus = new MemoryEventBus();
    const machine = await open({ context: 'machine', bus, host: ahead.host });
    const catchUp = logCatchUp({ machine: machine.log });
    const resource = await open({
      context: 'resource',
      bus,
      catchUp,
      domain: { reactors: { machine: remembering() } },
    });
    await machine.runtime.submit(add('a'), meta());
    await until('the alarm', () => resource.reports.codes().includes('foreign-clock-ahead'));
    expect(resource.log.store.position).toBe(0);
    await until('the event to be answered', () => resource.log.store.position === 1);
    const [cause] = await Array.fromAsync(machine.log.read(1));
    const [effect] = await Array.fromAsync(resource.log.read(1));
    const [a, b] = [cause?.event.meta.hlc, effect?.event.meta.hlc];
    if (a === undefined || b === undefined) throw new Error('both have an event');
    expect(b.l - a.l || b.c - a.c).toBeGreaterThan(0);
  });
});

const eventAt = (log: MemoryLog, position: number): EventEnvelope => ({
  id: uuidV7(Date.now(), new Uint8Array(10)),
  context: 'machine',
  lineage: log.store.lineage,
  position,
  stream: 'counter/a',
  revision: position,
  type: 'Added',
  version: 1,
  time: new Date().toISOString(),
  data: { counter: 'a', by: 1, at: 0 },
  meta: {
    ...{
      actor: 'user:test',
      tenant: 'default',
      commandId: 'x',
      correlationId: 'x',
      causationId: 'x',
      reason: null,
      source: null,
    },
    ...{ hlc: { l: Date.now(), c: position }, seen: {} },
  },
});

describe('the table of a reaction', () => {
  const answering = (reactions: (event: EventEnvelope) => readonly Reaction<CounterCommand>[]) => ({
    domain: {
      max: 5,
      reactors: { machine: { types: ['Added'], react: (_: unknown, event: EventEnvelope) => reactions(event) } },
    },
  });

  it('done: the refusal is taken and the cursor goes on', async () => {
    const { machine, resource } = await pair(answering(() => [{ command: add('echo', 4), ifRefused: 'done' }]));
    await addMany(machine.runtime, 3);
    await until('the cursor', () => resource.log.store.cursors.machine?.position === 3);
    expect(await valueOf(resource.runtime, 'echo')).toBe(4);
  });

  it('a function: the compensating command', async () => {
    const { machine, resource } = await pair(
      answering(() => [{ command: add('echo', 4), ifRefused: (error) => add(`refused-${error.code}`, 1) }]),
    );
    await addMany(machine.runtime, 3);
    await until('the cursor', () => resource.log.store.cursors.machine?.position === 3);
    expect(await valueOf(resource.runtime, 'refused-counter-full')).toBe(2);
  });

  it.each([
    ['at once', (): readonly Reaction<CounterCommand>[] => [{ command: add('echo', 9), ifRefused: 'halt' }]],
    [
      'after another command of the same event',
      (): readonly Reaction<CounterCommand>[] => [
        { command: add('echo', 1), ifRefused: 'halt' },
        { command: add('echo', 9), ifRefused: 'halt' },
      ],
    ],
    [
      'because its compensation is refused',
      (): readonly Reaction<CounterCommand>[] => [{ command: add('echo', 9), ifRefused: () => add('echo', 9) }],
    ],
    [
      'because the reactor throws',
      (): readonly Reaction<CounterCommand>[] => {
        throw new Error('a reactor that throws');
      },
    ],
  ])('halt: the consumer stops, the context does not, and nothing of the event stays: %s', async (_name, reactions) => {
    const { machine, resource } = await pair(answering(reactions));
    await machine.runtime.submit(add('a'), meta());
    await until('the consumer to halt', () => resource.reports.codes().includes('consumer-halted'));
    await until('the context to lead', () => resource.runtime.status().phase === 'leading');
    expect(resource.runtime.status().message).toContain('consumer of machine halted');
    expect((await resource.runtime.submit(add('own'), meta())).answer).toEqual({ value: 1 });
    expect(await valueOf(resource.runtime, 'echo')).toBe(0);
    expect(resource.log.store.cursors.machine?.position ?? 0).toBe(0);
    const halts = resource.reports.codes().length;
    resource.runtime.resumeConsumer('machine');
    await until('it to halt again', () => resource.reports.codes().length > halts);
  });
});

describe("a context's own reactions", () => {
  const doubling = (event: EventEnvelope): readonly Reaction<CounterCommand>[] =>
    event.type === 'Added' && event.stream === 'counter/a' ? [{ command: add('b', 2), ifRefused: 'halt' }] : [];

  it('are decided in the batch of their event', async () => {
    const { runtime, log } = await open({ domain: { react: (_, event) => doubling(event) } });
    const { position } = await runtime.submit(add('a'), { ...meta('top'), correlationId: 'corr' });
    expect(position).toBe(2);
    const [cause, effect] = await Array.fromAsync(log.read(1));
    expect(effect?.event.meta).toMatchObject({
      actor: 'system:resource',
      causationId: cause?.event.id,
      correlationId: 'corr',
      commandId: `${log.store.lineage}:1#0`,
    });
    expect(log.store.commands.get('top')).toMatchObject({ first: 1, last: 2 });
    expect(log.store.commands.size).toBe(1);
  });

  it.each([
    [
      'refused with halt',
      (event: EventEnvelope): readonly Reaction<CounterCommand>[] =>
        event.stream === 'counter/a' ? [{ command: add('b', 99), ifRefused: 'halt' }] : [],
    ],
    ['a circle', (): readonly Reaction<CounterCommand>[] => [{ command: add('b', 0), ifRefused: 'done' }]],
    [
      'throwing',
      (): readonly Reaction<CounterCommand>[] => {
        throw new Error('a reaction that throws');
      },
    ],
  ])('that go wrong halt the context, with nothing stored: %s', async (_name, react) => {
    const { runtime, log } = await open({ domain: { max: 10, react: (_, event) => react(event) } });
    await expect(runtime.submit(add('a'), meta())).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    await until('it to halt', () => runtime.status().phase === 'halted');
    expect(log.store.position).toBe(0);
  });

  it('may refuse without harm where their table says so', async () => {
    const react = (_: unknown, event: EventEnvelope): readonly Reaction<CounterCommand>[] =>
      event.stream === 'counter/a'
        ? [
            { command: add('b', 99), ifRefused: 'done' },
            { command: { type: 'Poison', data: { how: 'throw' } }, ifRefused: () => add('c', 1) },
          ]
        : [];
    const { runtime } = await open({ domain: { max: 10, react } });
    await runtime.submit(add('a'), meta());
    expect([await valueOf(runtime, 'b'), await valueOf(runtime, 'c')]).toEqual([0, 1]);
  });
});
