import { describe, expect, it } from '@jest/globals';
import type { OutgoingEvent } from '../port.ts';
import { chunksOf, missingAfter, PublishGapError } from './missing.ts';

const event = (position: number, lineage = 'L', body = '{}'): OutgoingEvent => ({
  position,
  lineage,
  body,
  stream: 'unit/u',
  type: 'UnitReady',
});
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => event(from + i));

describe('what a stream lacks', () => {
  it('is all where it is empty or of another history', () => {
    expect(missingAfter(null, events(5, 6))).toEqual(events(5, 6));
    expect(missingAfter({ position: 90, lineage: 'old' }, events(5, 6))).toEqual(events(5, 6));
  });

  it('is the rest where some stand there already', () => {
    expect(missingAfter({ position: 4, lineage: 'L' }, events(5, 6))).toEqual(events(5, 6));
    expect(missingAfter({ position: 5, lineage: 'L' }, events(5, 6))).toEqual(events(6, 6));
    expect(missingAfter({ position: 9, lineage: 'L' }, events(5, 6))).toEqual([]);
    expect(missingAfter({ position: 9, lineage: 'L' }, [])).toEqual([]);
  });

  it('is refused where it would leave a hole, or is none in itself', () => {
    expect(() => missingAfter({ position: 3, lineage: 'L' }, events(5, 6))).toThrow(PublishGapError);
    expect(() => missingAfter(null, [event(1), event(3)])).toThrow('not consecutive');
    expect(() => missingAfter(null, [event(1), event(2, 'M')])).toThrow('not consecutive');
  });
});

describe('pieces in flight', () => {
  it('keep both bounds, and give a giant a piece of its own', () => {
    const sizes = (bodies: number[]) =>
      [
        ...chunksOf(
          bodies.map((n, i) => event(i + 1, 'L', 'x'.repeat(n))),
          { messagesMax: 3, bytesMax: 10 },
        ),
      ].map((chunk) => chunk.map((e) => e.body.length));
    expect(sizes([1, 1, 1, 1])).toEqual([[1, 1, 1], [1]]);
    expect(sizes([6, 5, 5])).toEqual([[6], [5, 5]]);
    expect(sizes([1, 99, 1])).toEqual([[1], [99], [1]]);
    expect(sizes([])).toEqual([]);
  });
});
