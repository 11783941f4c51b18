import { describe, expect, it } from '@jest/globals';
import { stateHash } from '@yiqiu/kernel';
import { add, countersDomain } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { meta, until, valueOf, type CountersRuntime } from '../fixtures/harness.fixture.ts';
import { slicedStateHash } from '../snapshots/index.ts';
import { rebuildHash } from './index.ts';

const { open } = contexts();

const addMany = async (runtime: CountersRuntime, n: number, counters = 10): Promise<void> => {
  await Promise.all(Array.from({ length: n }, (_, i) => runtime.submit(add(`c${i % counters}`), meta())));
};

describe('a rebuild', () => {
  it('from a snapshot and the rest is the same as from zero', async () => {
    const { runtime, log, bus } = await open();
    await addMany(runtime, 3_000, 1_500);
    await runtime.submit({ type: 'Expire', data: { counter: 'c1', at: runtime.now() + 1e9 } }, meta());
    await runtime.stop();
    const reads: number[] = [];
    const read = log.read.bind(log);
    log.read = (from, options) => {
      reads.push(from);
      return read(from, options);
    };
    const next = await open({ log, bus, timings: { checkBusMs: 60_000 } });
    expect(reads).not.toContain(1);
    await next.runtime.submit(add('c1'), meta());
    const live = await next.runtime.stateHash();
    expect(live.position).toBe(3_002);
    expect(await rebuildHash(log, countersDomain('resource'))).toEqual(live);
    expect(await rebuildHash(log, countersDomain('resource'), 10)).not.toEqual(live);
    // Revisions go on where they were.
    const [last] = await Array.fromAsync(log.read(3_002));
    expect(last?.event).toMatchObject({ stream: 'counter/c1', revision: 4 });
  });

  it('drops a snapshot that it cannot take, and one of another fold', async () => {
    const { runtime, log, bus } = await open();
    await addMany(runtime, 20);
    await runtime.stop();
    const { lineage } = log.store;
    await log.snapshots.save({ lineage, position: 20, foldVersion: 1 }, [
      '{"kind":"rows","table":"counters","rows":[["c1",{}]]}',
    ]);
    const damaged = await open({ log, bus });
    expect(damaged.reports.codes()).toContain('snapshot-dropped');
    expect(await valueOf(damaged.runtime, 'c1')).toBe(2);
    await damaged.runtime.stop();
    await log.snapshots.save({ lineage, position: 20, foldVersion: 1 }, [
      '{"kind":"end","hlc":{"l":1,"c":0},"timeMs":1,"tables":[]}',
    ]);
    const other = await open({ log, bus, domain: { foldVersion: 2 } });
    expect(await valueOf(other.runtime, 'c1')).toBe(2);
  });

  it('halts on an event that this program does not know, and lets another one lead', async () => {
    const { runtime, log, bus } = await open();
    await addMany(runtime, 5);
    await runtime.stop();
    log.snapshots.newest = async () => null;
    const older = await open({ log, bus, domain: { unknown: 'Added' } });
    expect(older.runtime.status()).toMatchObject({
      phase: 'halted',
      message: expect.stringContaining('unknown event Added'),
    });
    expect(older.reports.codes()).toContain('halted');
    expect(log.store.leaseHolder).toBeNull();
    const newer = await open({ log, bus });
    expect(await valueOf(newer.runtime, 'c0')).toBe(1);
  });

  it('halts on a log with a hole', async () => {
    const { runtime, log, bus } = await open();
    await addMany(runtime, 5);
    await runtime.stop();
    log.snapshots.newest = async () => null;
    log.store.lose(3);
    const { runtime: next } = await open({ log, bus });
    expect(next.status()).toMatchObject({ phase: 'halted', message: expect.stringContaining('expected position 3') });
  });
});

describe('snapshots', () => {
  it('are written by an idle leader and by a follower, while commands go on', async () => {
    const { runtime, log, bus } = await open({ timings: { snapshotEvents: 50 } });
    await addMany(runtime, 60);
    await until(
      'the idle leader to write one',
      async () => (await log.snapshots.newest(log.store.lineage, 1, 60)) !== null,
    );
    const follower = await open({ log, bus, timings: { snapshotEvents: 50 } });
    expect(follower.runtime.status().phase).toBe('standby');
    await addMany(runtime, 55);
    await until(
      'the follower to write one',
      async () => ((await log.snapshots.newest(log.store.lineage, 1, 1e9))?.key.position ?? 0) > 100,
    );
    await addMany(runtime, 5);
  });

  it('are given up where memory goes on before or while the store takes them', async () => {
    for (const moveAt of ['before', 'while'] as const) {
      const { runtime, log } = await open({ timings: { snapshotEvents: 10 } });
      const save = log.snapshots.save.bind(log.snapshots);
      let given: string | null = null;
      log.snapshots.save = async (key, chunks) => {
        if (moveAt === 'before') await addMany(runtime, 1);
        const taken: string[] = [];
        try {
          for await (const chunk of chunks) {
            taken.push(chunk);
            if (moveAt === 'while' && taken.length === 1) await addMany(runtime, 1);
          }
          await save(key, taken);
        } catch (error) {
          given ??= error instanceof Error ? error.name : 'no error';
          throw error;
        }
      };
      await addMany(runtime, 15);
      await until('a snapshot to be given up', () => given !== null);
      expect(given).toBe('SnapshotAbandonedError');
      log.snapshots.save = save;
      await until(
        'another one to be written',
        async () => (await log.snapshots.newest(log.store.lineage, 1, 1e9)) !== null,
      );
    }
  });

  it('hash as the kernel does, in slices', async () => {
    const domain = countersDomain('resource');
    const state = domain.initial();
    for (let n = 0; n < 1_234; n++)
      state.counters.set(`c${n}`, { value: n, deadline: n % 2 === 0 ? n : null, answered: [n] });
    let slices = 0;
    const hash = await slicedStateHash(domain.tables(state), async () => {
      slices += 1;
      return true;
    });
    expect(hash).toBe(stateHash(domain.tables(state)));
    expect(slices).toBe(2);
    expect(await slicedStateHash(domain.tables(state), async () => false)).toBeNull();
  });
});
