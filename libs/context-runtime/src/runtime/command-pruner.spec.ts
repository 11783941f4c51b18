import { describe, expect, it } from '@jest/globals';
import { openMemoryLog, type CommandRow, type MemoryLog } from '@yiqiu/event-log';
import { add } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { meta, until, valueOf } from '../fixtures/harness.fixture.ts';

const { open } = contexts();
const dayMs = 24 * 60 * 60 * 1_000;

/** As if it had been accepted so long ago. */
const age = (log: MemoryLog, id: string, byMs: number): void => {
  const row = log.store.commands.get(id);
  if (row === undefined) throw new Error(`there is no command ${id}`);
  log.store.commands.set(id, { ...row, atMs: row.atMs - byMs });
};

const rowOf = (id: string, atMs: number): CommandRow => ({
  ...{ id, fingerprint: 'f', first: null, last: null, answer: 'null', atMs },
});

describe('answers', () => {
  it('are kept for seven days, and no longer', async () => {
    const { runtime, log } = await open({ timings: { pruneEveryMs: 20 } });
    await runtime.submit(add('a'), meta('old'));
    await runtime.submit(add('a'), meta('recent'));
    age(log, 'old', 7 * dayMs + 1_000);
    age(log, 'recent', 7 * dayMs - 60_000);
    await until('the old one to go', () => !log.store.commands.has('old'));
    expect(await runtime.submit(add('a'), meta('recent'))).toMatchObject({ replayed: true, answer: { value: 2 } });
    expect(await runtime.submit(add('a'), meta('old'))).toMatchObject({ replayed: false, answer: { value: 3 } });
    expect(await valueOf(runtime, 'a')).toBe(3);
  });

  it('go in batches, one soon after the other', async () => {
    const log = openMemoryLog({ context: 'resource' });
    for (let n = 0; n < 3_500; n++) log.store.commands.set(`c${n}`, rowOf(`c${n}`, 1_000 + n));
    const batches: number[] = [];
    const prune = log.pruneCommands.bind(log);
    log.pruneCommands = async (beforeMs, rowsMax) => {
      const gone = await prune(beforeMs, rowsMax);
      batches.push(gone);
      return gone;
    };
    await open({ log, timings: { pruneEveryMs: 1_000 } });
    await until('all to go', () => log.store.commands.size === 0);
    expect(batches).toEqual([1_000, 1_000, 1_000, 500]);
  });

  it('that cannot be deleted are an alarm, and are tried again', async () => {
    const log = openMemoryLog({ context: 'resource' });
    log.store.commands.set('old', rowOf('old', 1_000));
    const prune = log.pruneCommands.bind(log);
    let tries = 0;
    log.pruneCommands = async (beforeMs, rowsMax) => {
      tries += 1;
      if (tries < 3) throw new Error('the server is away');
      return prune(beforeMs, rowsMax);
    };
    const { reports } = await open({ log, timings: { pruneEveryMs: 20 } });
    await until('it to go', () => log.store.commands.size === 0);
    expect(reports.codes()).toEqual(['prune-failed', 'prune-failed']);
  });

  it('are not kept for less than a client tries again', async () => {
    await expect(open({ timings: { commandRetentionMs: 59_999 } })).rejects.toThrow(RangeError);
  });
});
