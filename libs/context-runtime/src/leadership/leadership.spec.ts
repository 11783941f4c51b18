import { describe, expect, it } from '@jest/globals';
import { RefusedError } from '@yiqiu/kernel';
import { openMemoryLog, type MemoryLog } from '@yiqiu/event-log';
import { add } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { meta, shiftedHost, until, valueOf } from '../fixtures/harness.fixture.ts';

const { open } = contexts();

const sameStore = (log: MemoryLog): MemoryLog => openMemoryLog({ context: 'resource', store: log.store });

describe('leadership', () => {
  it('is one: the other stands by, follows, and takes over on release', async () => {
    const one = await open();
    await one.runtime.submit(add('a', 1), meta('x'));
    const two = await open({ log: sameStore(one.log), bus: one.bus });
    expect(two.runtime.status()).toMatchObject({ phase: 'standby' });
    await expect(two.runtime.submit(add('a'), meta())).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    await one.runtime.submit(add('a', 1), meta());
    await until('the standby to follow', () => two.runtime.status().position === 2);
    const { epoch } = one.runtime.status();
    await one.runtime.stop();
    await until('the standby to lead', () => two.runtime.status().phase === 'leading');
    expect(two.runtime.status().epoch).toBeGreaterThan(epoch);
    expect(await valueOf(two.runtime, 'a')).toBe(2);
    expect((await two.runtime.submit(add('a', 1), meta('x'))).replayed).toBe(true);
  });

  it('that cannot renew its lease answers nothing any more, and comes back', async () => {
    const { runtime, log, reports } = await open({ timings: { leaseTtlMs: 300 } });
    await runtime.submit(add('a'), meta());
    const acquire = log.acquireLease.bind(log);
    const append = log.append.bind(log);
    const stuck = Promise.withResolvers<void>();
    log.acquireLease = async () => {
      throw new Error('the database is away');
    };
    log.append = async (...args) => {
      await stuck.promise;
      return append(...args);
    };
    const waiting = runtime.submit(add('a'), meta('stuck'));
    await expect(waiting).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    await expect(valueOf(runtime, 'a')).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    expect(reports.codes()).toContain('lease-lost');
    stuck.resolve();
    log.acquireLease = acquire;
    log.append = append;
    await until('it to lead again', () => runtime.status().phase === 'leading');
    await runtime.submit(add('a'), meta('stuck'));
    expect(await valueOf(runtime, 'a')).toBe(2);
  });

  it('passes on when its holder dies, after the lease', async () => {
    const one = await open({ timings: { leaseTtlMs: 400, drainMs: 300 } });
    await one.runtime.submit(add('a'), meta());
    const two = await open({ log: sameStore(one.log), timings: { leaseTtlMs: 400 } });
    // What is left of a process that was killed: a lease that nobody renews.
    one.log.acquireLease = () => new Promise(() => undefined);
    one.log.releaseLease = () => new Promise(() => undefined);
    await until('the other to lead', () => two.runtime.status().phase === 'leading');
    expect(one.runtime.status().phase).not.toBe('leading');
    expect(await valueOf(two.runtime, 'a')).toBe(1);
  });

  it('ends in order: what waits is stored and answered, published, and in a snapshot', async () => {
    const { runtime, log, bus } = await open();
    const waiting = Array.from({ length: 200 }, () => runtime.submit(add('a'), meta()));
    const stopped = runtime.stop();
    await expect(runtime.submit(add('a'), meta())).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    await Promise.all(waiting);
    await stopped;
    expect(runtime.status().phase).toBe('stopped');
    expect(await bus.lastPublished('resource')).toMatchObject({ position: 200 });
    expect((await log.snapshots.newest(log.store.lineage, 1, 1_000))?.key.position).toBe(200);
    expect(log.store.leaseHolder).toBeNull();
    await runtime.stop();
  });

  it('ends within its deadline where the log does not answer', async () => {
    const { runtime, log } = await open({ timings: { drainMs: 200, leaseTtlMs: 60_000 } });
    log.append = () => new Promise(() => undefined);
    const waiting = expect(runtime.submit(add('a'), meta())).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    await runtime.stop();
    await waiting;
  });
});

describe('a machine that slept, or whose wall clock jumped', () => {
  it('asks the database before it answers again', async () => {
    const { host, shift } = shiftedHost();
    const { runtime, log } = await open({ host });
    await runtime.submit(add('a'), meta());
    let asked = 0;
    const acquire = log.acquireLease.bind(log);
    const gate = Promise.withResolvers<void>();
    log.acquireLease = async (...args) => {
      asked += 1;
      await gate.promise;
      return acquire(...args);
    };
    shift(3_000);
    await expect(valueOf(runtime, 'a')).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    expect(asked).toBe(1);
    gate.resolve();
    await until('it to answer', async () => (await valueOf(runtime, 'a').catch(() => 0)) === 1);
  });
});

describe('a read', () => {
  it('waits for the position it asks for, within its deadline', async () => {
    const { runtime } = await open();
    const later = runtime.read((state) => state.counters.get('a')?.value, { minPosition: 2 });
    await runtime.submit(add('a'), meta());
    const { position } = await runtime.submit(add('a'), meta());
    expect(position).toBe(2);
    expect(await later).toBe(2);
    const never = runtime.read(() => 0, { minPosition: 99, timeoutMs: 30 });
    await expect(never).rejects.toMatchObject({ error: { kind: 'unavailable' } });
  });

  it('of what is decided and not stored waits, within its deadline too', async () => {
    const { runtime, log } = await open({ timings: { drainMs: 100 } });
    log.append = () => new Promise(() => undefined);
    const stuck = expect(runtime.submit(add('a'), meta())).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    await until('it to be decided', async () => {
      const seen = await runtime.read((state) => state.counters.size, { timeoutMs: 20 }).catch((error: Error) => error);
      return seen instanceof RefusedError && seen.error.kind === 'unavailable';
    });
    await runtime.stop();
    await stuck;
  });

  it('passes on what its view throws', async () => {
    const { runtime } = await open();
    const broken = runtime.read(() => {
      throw new Error('of the view');
    });
    await expect(broken).rejects.toThrow('of the view');
    expect(await valueOf(runtime, 'a')).toBe(0);
  });
});

describe('onCommitted', () => {
  it('tells of every durable event in order, and once of each rebuild', async () => {
    const { runtime, log, reports } = await open({ start: false });
    const told: (number | 'rebuilt')[] = [];
    runtime.onCommitted((events) =>
      told.push(...(events.length === 0 ? ['rebuilt' as const] : events.map(({ position }) => position))),
    );
    runtime.onCommitted(() => {
      throw new Error('a listener that fails');
    });
    await runtime.start();
    await Promise.all(Array.from({ length: 3 }, () => runtime.submit(add('a'), meta())));
    log.store.failNext('not-appended');
    await expect(runtime.submit(add('a'), meta())).rejects.toThrow();
    await until('it to lead again', () => runtime.status().phase === 'leading');
    await runtime.submit(add('a'), meta());
    expect(told).toEqual(['rebuilt', 1, 2, 3, 'rebuilt', 4]);
    expect(reports.codes()).toContain('listener-threw');
  });
});
