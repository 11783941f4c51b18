import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hlcCompare, hlcReceive, hlcTick, hlcTooFarAhead, hlcZero, type HlcTimestamp } from './hlc.ts';

const stamp = fc.record({ l: fc.nat(1_000), c: fc.nat(5) });

describe('hybrid logical clock', () => {
  it('follows the wall clock and counts where it stands still or goes back', () => {
    let at = hlcTick(hlcZero, 10);
    expect(at).toEqual({ l: 10, c: 0 });
    at = hlcTick(at, 10);
    expect(at).toEqual({ l: 10, c: 1 });
    at = hlcTick(at, 3);
    expect(at).toEqual({ l: 10, c: 2 });
    expect(hlcTick(at, 11)).toEqual({ l: 11, c: 0 });
  });

  it('is later than everything it has seen, and never behind the wall clock', () => {
    fc.assert(
      fc.property(stamp, stamp, fc.nat(1_000), (last: HlcTimestamp, seen: HlcTimestamp, now) => {
        const ticked = hlcTick(last, now);
        expect(hlcCompare(ticked, last)).toBeGreaterThan(0);
        expect(ticked.l).toBeGreaterThanOrEqual(now);
        const received = hlcReceive(last, seen, now);
        expect(hlcCompare(received, last)).toBeGreaterThan(0);
        expect(hlcCompare(received, seen)).toBeGreaterThan(0);
        expect(received.l).toBe(Math.max(last.l, seen.l, now));
      }),
    );
  });

  it('tells a clock that runs more than 500 ms ahead', () => {
    expect(hlcTooFarAhead({ l: 1_500, c: 0 }, 1_000)).toBe(false);
    expect(hlcTooFarAhead({ l: 1_501, c: 0 }, 1_000)).toBe(true);
  });
});
