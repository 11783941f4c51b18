import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Deadlines } from './deadlines.ts';

describe('deadlines', () => {
  it('gives the earliest, whatever was set, moved and deleted before', () => {
    const step = fc.oneof(
      fc.record({ key: fc.constantFrom('a', 'b', 'c'), at: fc.nat(20) }),
      fc.record({ key: fc.constantFrom('a', 'b', 'c'), at: fc.constant(null) }),
    );
    fc.assert(
      fc.property(fc.array(step), fc.nat(20), (steps, now) => {
        const deadlines = new Deadlines();
        const model = new Map<string, number>();
        for (const { key, at } of steps) {
          if (at === null) {
            deadlines.delete(key);
            model.delete(key);
          } else {
            deadlines.set(key, at);
            model.set(key, at);
          }
        }
        const sorted = [...model].sort((x, y) => x[1] - y[1] || (x[0] < y[0] ? -1 : 1));
        expect(deadlines.next()).toEqual(sorted[0] === undefined ? null : { key: sorted[0][0], at: sorted[0][1] });
        expect(deadlines.due(now, 2)).toEqual(
          sorted
            .filter(([, at]) => at <= now)
            .slice(0, 2)
            .map(([key]) => key),
        );
      }),
    );
  });
});
