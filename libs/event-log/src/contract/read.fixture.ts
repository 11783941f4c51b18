import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pageRowsMax } from '../limits.ts';
import { LogHoleError } from '../port.ts';
import {
  collect,
  fill,
  positionsOf,
  range,
  startMs,
  stepMs,
  type LogUnderTest,
  type StartLog,
} from './harness.fixture.ts';

const types = ['UnitRequested', 'StepSucceeded', 'UnitReady'] as const;
const typeAt = (position: number): string => types[position % 3] ?? 'UnitReady';
const streamAt = (position: number): string => `unit/u${position % 10}`;

export const readContract = (start: StartLog): void => {
  describe('read', () => {
    const count = 2_000;
    let subject: LogUnderTest;
    beforeAll(async () => {
      subject = await start();
      await fill(subject.log, count, (position) => ({ stream: streamAt(position), type: typeAt(position) }));
    }, 60_000);
    afterAll(() => subject.stop());

    const matching = (test: (position: number) => boolean): number[] => range(1, count).filter(test);

    it('gives everything from a position, inclusive', async () => {
      expect(await positionsOf(subject.log.read(1))).toEqual(range(1, count));
      expect(await positionsOf(subject.log.read(count - 2))).toEqual([count - 2, count - 1, count]);
      expect(await positionsOf(subject.log.read(0, { limit: 2 }))).toEqual([1, 2]);
    });

    it('gives nothing beyond the end', async () => {
      expect(await positionsOf(subject.log.read(count + 1))).toEqual([]);
      expect(await positionsOf(subject.log.read(count + 1_000))).toEqual([]);
    });

    it('stops at the limit', async () => {
      expect(await positionsOf(subject.log.read(10, { limit: 5 }))).toEqual(range(10, 14));
      expect(await positionsOf(subject.log.read(10, { limit: 1_200 }))).toEqual(range(10, 1_209));
      expect(await positionsOf(subject.log.read(1, { limit: 0 }))).toEqual([]);
    });

    it('goes backwards from a position, inclusive', async () => {
      expect(await positionsOf(subject.log.read(5, { backwards: true }))).toEqual(range(5, 1));
      expect(await positionsOf(subject.log.read(Number.MAX_SAFE_INTEGER, { backwards: true, limit: 3 }))).toEqual(
        range(count, count - 2),
      );
      expect(await positionsOf(subject.log.read(Number.POSITIVE_INFINITY, { backwards: true }))).toEqual(
        range(count, 1),
      );
      expect(await positionsOf(subject.log.read(0, { backwards: true }))).toEqual([]);
    });

    it('filters by stream', async () => {
      const expected = matching((position) => streamAt(position) === 'unit/u3');
      expect(await positionsOf(subject.log.read(1, { stream: 'unit/u3' }))).toEqual(expected);
      expect(await positionsOf(subject.log.read(count, { stream: 'unit/u3', backwards: true, limit: 2 }))).toEqual(
        expected.slice(-2).reverse(),
      );
      expect(await positionsOf(subject.log.read(1, { stream: 'unit/u' }))).toEqual([]);
    });

    it('filters by types', async () => {
      const chosen = ['UnitRequested', 'UnitReady'];
      expect(await positionsOf(subject.log.read(1, { types: chosen }))).toEqual(
        matching((position) => chosen.includes(typeAt(position))),
      );
      expect(await positionsOf(subject.log.read(1, { types: [] }))).toEqual([]);
    });

    it('filters by time, from inclusive, until exclusive', async () => {
      const at = (position: number): number => startMs + position * stepMs;
      expect(await positionsOf(subject.log.read(1, { sinceMs: at(1_990) }))).toEqual(range(1_990, count));
      expect(await positionsOf(subject.log.read(1, { untilMs: at(4) }))).toEqual([1, 2, 3]);
      expect(await positionsOf(subject.log.read(1, { sinceMs: at(7), untilMs: at(9) }))).toEqual([7, 8]);
    });

    it('combines filters, direction and limit', async () => {
      const expected = matching(
        (p) => p >= 100 && p <= 1_500 && streamAt(p) === 'unit/u6' && typeAt(p) === 'UnitRequested',
      );
      const options = { stream: 'unit/u6', types: ['UnitRequested'], sinceMs: startMs + 100 * stepMs };
      expect(await positionsOf(subject.log.read(1_500, { ...options, backwards: true }))).toEqual(
        [...expected].reverse(),
      );
      expect(await positionsOf(subject.log.read(1_500, { ...options, backwards: true, limit: 3 }))).toEqual(
        expected.slice(-3).reverse(),
      );
    });

    it('stops when the signal aborts', async () => {
      const controller = new AbortController();
      const seen: number[] = [];
      const reading = async (): Promise<void> => {
        for await (const { position } of subject.log.read(1, { signal: controller.signal })) {
          seen.push(position);
          if (position === 3) controller.abort(new Error('enough'));
        }
      };
      await expect(reading()).rejects.toThrow('enough');
      expect(seen).toEqual([1, 2, 3]);
    });

    it('may be left in the middle', async () => {
      for await (const { position } of subject.log.read(1)) if (position === 700) break;
      expect(await positionsOf(subject.log.read(1, { limit: 1 }))).toEqual([1]);
    });
  });

  describe('a hole', () => {
    const count = 700;
    let subject: LogUnderTest;
    const lost = async (position: number): Promise<void> => {
      subject = await start();
      await fill(subject.log, count);
      await subject.lose(position);
    };

    it.each([1, 250, 501, count])('stops a reader at position %i', async (position) => {
      await lost(position);
      try {
        await expect(collect(subject.log.read(1))).rejects.toThrow(LogHoleError);
        await expect(collect(subject.log.read(1))).rejects.toMatchObject({ expected: position, found: position + 1 });
        await expect(collect(subject.log.read(position))).rejects.toThrow(LogHoleError);
        await expect(collect(subject.log.read(count, { backwards: true }))).rejects.toMatchObject({
          expected: position,
          found: position - 1,
        });
        const controller = new AbortController();
        await expect(collect(subject.log.subscribe(1, { signal: controller.signal }))).rejects.toMatchObject({
          expected: position,
        });
        expect(await positionsOf(subject.log.read(1, { limit: position - 1 }))).toEqual(
          position === 1 ? [] : range(1, position - 1),
        );
        expect((await positionsOf(subject.log.read(1, { types: ['UnitReady'] }))).length).toBe(count - 1);
      } finally {
        await subject.stop();
      }
    });
  });

  it('pages without a seam', async () => {
    const subject = await start();
    try {
      const count = pageRowsMax + 1_201;
      await fill(subject.log, count);
      expect(await positionsOf(subject.log.read(1))).toEqual(range(1, count));
      expect(await positionsOf(subject.log.read(count, { backwards: true }))).toEqual(range(count, 1));
    } finally {
      await subject.stop();
    }
  }, 60_000);
};
