import { describe, expect, it } from '@jest/globals';
import type { MemoryLog, SnapshotKey } from '@yiqiu/event-log';
import { stateHash } from '@yiqiu/kernel';
import { add, countersDomain } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { meta, until, type CountersRuntime } from '../fixtures/harness.fixture.ts';
import { rebuildHash } from '../rebuild/index.ts';
import { readChunks } from '../snapshots/index.ts';

const { open } = contexts();
const timings = { snapshotEvents: 50 };

/** Commands without a pause, until told to stop. */
const keepBusy = (runtime: CountersRuntime) => {
  let busy = true;
  let answered = 0;
  const client = async (name: string): Promise<void> => {
    for (let n = 0; busy; n++) {
      await runtime.submit(add(`${name}-${n % 40}`), meta());
      answered += 1;
    }
  };
  const clients = Promise.all(['a', 'b', 'c', 'd'].map(client));
  return {
    answered: () => answered,
    busy: () => busy,
    stop: async () => {
      busy = false;
      await clients;
    },
  };
};

const newest = async (log: MemoryLog): Promise<SnapshotKey | null> =>
  (await log.snapshots.newest(log.store.lineage, 1, Number.MAX_SAFE_INTEGER))?.key ?? null;

describe('a leader that is never idle', () => {
  it('writes snapshots of one position each, and answers meanwhile', async () => {
    const { runtime, log, reports } = await open({ timings });
    const save = log.snapshots.save.bind(log.snapshots);
    const find = log.snapshots.newest.bind(log.snapshots);
    let restored = 0;
    log.snapshots.newest = async (...key) => {
      const found = await find(...key);
      if (found === null) return null;
      const chunks = async function* () {
        restored += 1;
        yield* found.chunks;
      };
      return { ...found, chunks: chunks() };
    };
    const load = keepBusy(runtime);
    const during: number[] = [];
    log.snapshots.save = async (key, chunks) => {
      const taken: string[] = [];
      for await (const chunk of chunks) {
        taken.push(chunk);
        const before = load.answered();
        await until('answers while the store takes a piece', () => !load.busy() || load.answered() > before + 20);
        during.push(load.answered() - before);
      }
      await save(key, taken);
    };
    await until('two snapshots', async () => during.length >= 4 && (await newest(log)) !== null);
    await load.stop();
    // The second one goes on from the memory of the first.
    expect(restored).toBe(0);
    const domain = countersDomain('resource');
    const found = await log.snapshots.newest(log.store.lineage, 1, Number.MAX_SAFE_INTEGER);
    if (found === null) throw new Error('there was one');
    const { position } = found.key;
    const memory = await readChunks(domain, position, found.chunks);
    expect({ position, hash: stateHash(domain.tables(memory.state)) }).toEqual(
      await rebuildHash(log, domain, position),
    );
    expect(memory.revisions.get('counter/a-0')).toBeGreaterThan(0);
    expect(reports.codes()).toEqual([]);
  });

  it('leaves them to a standby that writes them', async () => {
    const { runtime, log } = await open({ timings });
    const { lineage } = log.store;
    let asked = 0;
    let saved = 0;
    log.snapshots.newest = async (_lineage, foldVersion, atMost) => {
      asked += 1;
      return { key: { lineage, foldVersion, position: atMost - 1 }, chunks: (async function* () {})() };
    };
    log.snapshots.save = async () => {
      saved += 1;
    };
    const load = keepBusy(runtime);
    await until('the store to be asked', () => asked >= 3);
    await load.stop();
    expect(saved).toBe(0);
  });

  it('alarms where the store does not take one, and goes on', async () => {
    const { runtime, log, reports } = await open({ timings });
    const save = log.snapshots.save.bind(log.snapshots);
    log.snapshots.save = () => Promise.reject(new Error('the disk is full'));
    const load = keepBusy(runtime);
    await until('the alarm', () => reports.codes().includes('snapshot-failed'));
    const before = load.answered();
    await until('further answers', () => load.answered() > before);
    await load.stop();
    log.snapshots.save = save;
    await runtime.stop();
    expect((await newest(log))?.position).toBe(log.store.position);
  });
});
