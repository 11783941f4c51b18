import { describe, expect, it } from '@jest/globals';
import type { EncodedEvent } from '@yiqiu/event-log';
import { Tail } from './tail.ts';

const events = (from: number, to: number, length = 10): EncodedEvent[] =>
  Array.from({ length: to - from + 1 }, (_, n) => ({
    ...{ position: from + n, stream: 'counter/a', revision: from + n, type: 'Added', timeMs: 1 },
    ...{ body: 'x'.repeat(length), leaf: new Uint8Array(32) },
  }));

const positions = (tail: Tail, from: number, max = 100): number[] | null =>
  tail.from(from, max, 'lineage')?.map(({ position }) => position) ?? null;

describe('Tail', () => {
  it('gives what it keeps, and null for what it does not', () => {
    const tail = new Tail();
    expect(positions(tail, 1)).toBeNull();
    tail.push(events(5, 8));
    tail.push(events(9, 12));
    expect(positions(tail, 4)).toBeNull();
    expect(positions(tail, 7, 3)).toEqual([7, 8, 9]);
    expect(positions(tail, 12)).toEqual([12]);
    expect(positions(tail, 13)).toBeNull();
    tail.release(10);
    expect(positions(tail, 10)).toBeNull();
    expect(positions(tail, 11)).toEqual([11, 12]);
    tail.release(99);
    expect(positions(tail, 11)).toBeNull();
    tail.push(events(13, 14));
    expect(positions(tail, 13)).toEqual([13, 14]);
  });

  it('is bounded in events and in characters', () => {
    const tail = new Tail();
    tail.push(events(1, 30_000));
    expect(positions(tail, 10_000)).toBeNull();
    expect(positions(tail, 10_001, 2)).toEqual([10_001, 10_002]);
    const large = new Tail();
    large.push(events(1, 100, 256 * 1024));
    expect(positions(large, 36)).toBeNull();
    expect(positions(large, 37, 1)).toEqual([37]);
  });

  it('begins anew after a hole', () => {
    const tail = new Tail();
    tail.push(events(1, 5));
    tail.push(events(7, 8));
    expect(positions(tail, 5)).toBeNull();
    expect(positions(tail, 7)).toEqual([7, 8]);
  });
});
