import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
import { NotAppendedError, type CommandRow, type SnapshotStore } from '../port.ts';
import { batch, encodedAfter, type LogUnderTest, type StartLog } from './harness.fixture.ts';

const lineageA = '0190a0a0-0000-7000-8000-00000000000a';
const lineageB = '0190a0a0-0000-7000-8000-00000000000b';

/** What stands beside the events: commands, lease, snapshots, blobs, lineage. */
export const besideContract = (start: StartLog): void => {
  describe('beside the events', () => besideTests(start));
};

const besideTests = (start: StartLog): void => {
  let subject: LogUnderTest;
  beforeEach(async () => {
    subject = await start();
  });
  afterEach(() => subject.stop());

  describe('commands', () => {
    const rows: readonly CommandRow[] = [
      { id: 'one', fingerprint: 'f1', first: 1, last: 2, answer: '{"uid":"u"}', atMs: 1_764_000_000_123 },
      { id: 'no-op', fingerprint: 'f2', first: null, last: null, answer: 'null', atMs: 1_764_000_000_124 },
      { id: 'two', fingerprint: 'f3', first: 3, last: 3, answer: '"奕秋"', atMs: 1_764_000_000_125 },
    ];

    it('are found by id, in the transaction of their events', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      await log.append(0, epoch, batch(encodedAfter(0, 3), { commands: rows }));
      expect(await log.commands(['one', 'unknown', 'two', 'no-op'])).toEqual(new Map(rows.map((row) => [row.id, row])));
      expect(await log.commands([])).toEqual(new Map());
    });

    it('have one row each: a second one stores nothing of its batch', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      await log.append(0, epoch, batch(encodedAfter(0, 3), { commands: rows }));
      const again = batch(encodedAfter(3, 1), {
        commands: [{ id: 'one', fingerprint: 'other', first: 4, last: 4, answer: '1', atMs: 1 }],
      });
      await expect(log.append(3, epoch, again)).rejects.toThrow(NotAppendedError);
      expect((await log.head()).position).toBe(3);
      expect((await log.commands(['one'])).get('one')).toEqual(rows[0]);
    });

    it('are pruned by age, oldest first, as many as were asked for', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      const at = (id: string, atMs: number): CommandRow => ({
        id,
        fingerprint: 'f',
        first: null,
        last: null,
        answer: '1',
        atMs,
      });
      const commands = [at('c', 1_764_000_000_003), at('a', 1_764_000_000_001), at('d', 1_764_000_000_004), at('b', 2)];
      await log.append(0, epoch, batch([], { commands }));
      const left = async (): Promise<string[]> => [...(await log.commands(['a', 'b', 'c', 'd'])).keys()].sort();
      expect(await log.pruneCommands(1_764_000_000_004, 2)).toBe(2);
      expect(await left()).toEqual(['c', 'd']);
      expect(await log.pruneCommands(1_764_000_000_004, 10_000)).toBe(1);
      expect(await log.pruneCommands(1_764_000_000_004, 10_000)).toBe(0);
      expect(await left()).toEqual(['d']);
      // The id is free again.
      expect(await log.append(0, epoch, batch([], { commands: [at('a', 1_764_000_000_005)] }))).toMatchObject({
        outcome: 'appended',
      });
      expect(await left()).toEqual(['a', 'd']);
      for (const rowsMax of [0, 10_001, 1.5]) await expect(log.pruneCommands(1, rowsMax)).rejects.toThrow(RangeError);
      await expect(log.pruneCommands(Number.NaN, 1)).rejects.toThrow(RangeError);
    });

    it('refuse positions that are not of their batch', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      const places: [number | null, number | null][] = [
        [0, 1],
        [1, 4],
        [2, 1],
        [null, 1],
        [1, null],
      ];
      for (const [first, last] of places) {
        const commands = [{ id: 'x', fingerprint: 'f', first, last, answer: '1', atMs: 1 }];
        await expect(log.append(0, epoch, batch(encodedAfter(0, 3), { commands }))).rejects.toThrow(NotAppendedError);
      }
    });
  });

  describe('lease', () => {
    it('is one holder’s until it ends or is released', async () => {
      const other = await subject.another();
      const first = await subject.log.acquireLease('a', 60_000);
      expect(first).toMatchObject({ acquired: true, lease: { holder: 'a' } });
      expect(first.lease.remainingMs).toBeGreaterThan(50_000);
      expect(first.lease.remainingMs).toBeLessThanOrEqual(60_000);
      expect(await other.acquireLease('b', 60_000)).toMatchObject({ acquired: false, lease: { holder: 'a' } });
      expect(await subject.log.acquireLease('a', 90_000)).toMatchObject({ acquired: true, lease: { holder: 'a' } });
      await other.releaseLease('b');
      expect(await other.acquireLease('b', 60_000)).toMatchObject({ acquired: false });
      await subject.log.releaseLease('a');
      expect(await other.acquireLease('b', 60_000)).toMatchObject({ acquired: true, lease: { holder: 'b' } });
    });

    it('falls to another when its time is over', async () => {
      expect(await subject.log.acquireLease('a', 0)).toMatchObject({ acquired: true });
      expect(await subject.log.acquireLease('b', 60_000)).toMatchObject({ acquired: true, lease: { holder: 'b' } });
      expect(await subject.log.acquireLease('a', 60_000)).toMatchObject({ acquired: false, lease: { holder: 'b' } });
    });

    it('is taken by exactly one of many', async () => {
      const other = await subject.another();
      const names = Array.from({ length: 8 }, (_unused, index) => `holder-${index}`);
      const answers = await Promise.all(
        names.map((name, index) => (index % 2 === 0 ? subject.log : other).acquireLease(name, 60_000)),
      );
      const winners = answers.filter(({ acquired }) => acquired);
      expect(winners.length).toBe(1);
      expect(new Set(answers.map(({ lease }) => lease.holder))).toEqual(
        new Set(winners.map(({ lease }) => lease.holder)),
      );
    });

    it('does not disturb appending', async () => {
      const { epoch } = await subject.log.takeOver();
      await subject.log.acquireLease('a', 60_000);
      expect(await subject.log.append(0, epoch, batch(encodedAfter(0, 1)))).toEqual({
        outcome: 'appended',
        position: 1,
      });
    });
  });

  describe('snapshots', () => {
    const read = async (store: SnapshotStore, lineage: string, foldVersion: number, atMost: number) => {
      const found = await store.newest(lineage, foldVersion, atMost);
      if (found === null) return null;
      const chunks: string[] = [];
      for await (const chunk of found.chunks) chunks.push(chunk);
      return { ...found.key, chunks };
    };

    it('come back in their chunks, the newest at or before a position', async () => {
      const { snapshots } = subject.log;
      expect(await read(snapshots, lineageA, 1, 100)).toBeNull();
      const chunksOf = async function* (name: string) {
        yield `{"name":"${name}"}`;
        yield '奕'.repeat(100_000);
        yield '';
      };
      await snapshots.save({ lineage: lineageA, position: 10, foldVersion: 1 }, chunksOf('ten'));
      await snapshots.save({ lineage: lineageA, position: 20, foldVersion: 1 }, ['twenty']);
      expect(await read(snapshots, lineageA, 1, 15)).toEqual({
        lineage: lineageA,
        position: 10,
        foldVersion: 1,
        chunks: ['{"name":"ten"}', '奕'.repeat(100_000), ''],
      });
      expect(await read(snapshots, lineageA, 1, Number.POSITIVE_INFINITY)).toMatchObject({
        position: 20,
        chunks: ['twenty'],
      });
      expect(await read(snapshots, lineageA, 1, 9)).toBeNull();
      expect(await read(snapshots, lineageA, 2, 100)).toBeNull();
      expect(await read(snapshots, lineageB, 1, 100)).toBeNull();
    });

    it('are kept two of a kind; another history’s go', async () => {
      const { snapshots } = subject.log;
      await snapshots.save({ lineage: lineageA, position: 1, foldVersion: 1 }, ['a1']);
      for (const position of [10, 30, 20])
        await snapshots.save({ lineage: lineageB, position, foldVersion: 1 }, [`b${position}`]);
      await snapshots.save({ lineage: lineageB, position: 40, foldVersion: 2 }, ['b40']);
      expect(await read(snapshots, lineageA, 1, 100)).toBeNull();
      expect(await read(snapshots, lineageB, 1, 19)).toBeNull();
      expect(await read(snapshots, lineageB, 1, 29)).toMatchObject({ chunks: ['b20'] });
      expect(await read(snapshots, lineageB, 1, 99)).toMatchObject({ chunks: ['b30'] });
      expect(await read(snapshots, lineageB, 2, 99)).toMatchObject({ chunks: ['b40'] });
      await snapshots.save({ lineage: lineageB, position: 50, foldVersion: 3 }, ['b50']);
      expect(await read(snapshots, lineageB, 1, 99)).toBeNull();
      expect(await read(snapshots, lineageB, 2, 99)).toMatchObject({ chunks: ['b40'] });
    });

    it('are replaced by another one of the same place', async () => {
      const { snapshots } = subject.log;
      const key = { lineage: lineageA, position: 5, foldVersion: 1 };
      await snapshots.save(key, ['first', 'second']);
      await snapshots.save(key, ['only']);
      expect(await read(snapshots, lineageA, 1, 5)).toEqual({ ...key, chunks: ['only'] });
    });

    it('do not count before they are complete', async () => {
      const { snapshots } = subject.log;
      const failing = async function* () {
        yield 'half';
        throw new Error('the source failed');
      };
      await expect(snapshots.save({ lineage: lineageA, position: 5, foldVersion: 1 }, failing())).rejects.toThrow(
        'the source failed',
      );
      expect(await read(snapshots, lineageA, 1, 5)).toBeNull();
    });
  });

  describe('blobs', () => {
    const digestOf = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');
    /** Over several of any adapter's chunks, and not the same in two places. */
    const large = Buffer.from(
      Uint32Array.from({ length: 700_001 }, (_unused, index) => Math.imul(index, 0x9e3779b1)).buffer,
    ).subarray(0, 2_800_003);

    it('are put once and read in pieces', async () => {
      const { blobs } = subject.log;
      const digest = digestOf(large);
      await blobs.put(digest, large);
      await blobs.put(digest, large);
      for (const [offset, length] of [
        [0, 10],
        [0, large.length],
        [1_048_570, 12],
        [1_048_576, 1_048_576],
        [2_000_000, 8_000_000],
        [large.length - 1, 5],
        [500, 0],
      ] as const) {
        const piece = await blobs.read(digest, offset, length);
        expect(piece?.size).toBe(large.length);
        expect(Buffer.from(piece?.bytes ?? []).equals(large.subarray(offset, offset + length))).toBe(true);
      }
      expect(await blobs.read(digest, large.length, 10)).toEqual({ bytes: new Uint8Array(), size: large.length });
    }, 30_000);

    it('may be empty', async () => {
      const digest = digestOf(new Uint8Array());
      await subject.log.blobs.put(digest, new Uint8Array());
      expect(await subject.log.blobs.read(digest, 0, 1)).toEqual({ bytes: new Uint8Array(), size: 0 });
    });

    it('are put by many at once', async () => {
      const digest = digestOf(large);
      const other = await subject.another();
      await Promise.all([subject.log, other, subject.log, other].map((log) => log.blobs.put(digest, large)));
      expect((await other.blobs.read(digest, 0, 4))?.size).toBe(large.length);
    }, 30_000);

    it('are refused under another digest, and unknown ones are null', async () => {
      const bytes = Buffer.from('content');
      const wrong = digestOf(Buffer.from('other'));
      await expect(subject.log.blobs.put(wrong, bytes)).rejects.toThrow(/has the SHA-256/);
      expect(await subject.log.blobs.read(wrong, 0, 10)).toBeNull();
    });
  });

  describe('lineage', () => {
    it('is the log’s own and the same for every handle', async () => {
      const { lineage } = await subject.log.head();
      expect(lineage).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      const other = await subject.another();
      expect((await other.head()).lineage).toBe(lineage);
      const second = await start();
      try {
        expect((await second.log.head()).lineage).not.toBe(lineage);
      } finally {
        await second.stop();
      }
    });
  });
};
