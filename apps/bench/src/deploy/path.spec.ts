import { describe, expect, it } from '@jest/globals';
import { beyondHooks, legsOf, sharesOf } from './path.ts';

describe('the way of a unit', () => {
  it('is what lies between its instants, and adds up', () => {
    const legs = legsOf(1_000, [
      { leg: 'bind', at: 1_010 },
      { leg: 'install', at: 1_090 },
      { leg: 'start', at: 1_100 },
    ]);
    expect(legs).toEqual([
      { name: 'bind', ms: 10 },
      { name: 'install', ms: 80 },
      { name: 'start', ms: 10 },
    ]);
  });

  it('has no leg below 0, and still adds up', () => {
    const legs = legsOf(100, [
      { leg: 'a', at: 110.4 },
      { leg: 'b', at: 110 },
      { leg: 'c', at: 120 },
    ]);
    expect(legs[1]).toEqual({ name: 'b', ms: 0 });
    expect(legs.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(20);
  });
});

describe('shares', () => {
  it('are averages and parts of the whole', () => {
    const path = (a: number, b: number) => [
      { name: 'a', ms: a },
      { name: 'b', ms: b },
    ];
    expect(sharesOf([path(10, 30), path(30, 30)])).toEqual([
      { name: 'a', ms: 20, percent: 40 },
      { name: 'b', ms: 30, percent: 60 },
    ]);
    expect(sharesOf([path(0, 0)]).map(({ percent }) => percent)).toEqual([0, 0]);
  });

  it('are of the same legs', () => {
    expect(() => sharesOf([])).toThrow(RangeError);
    expect(() => sharesOf([[{ name: 'a', ms: 1 }], [{ name: 'b', ms: 1 }]])).toThrow('paths differ');
    expect(() => sharesOf([[{ name: 'a', ms: 1 }], []])).toThrow('paths differ');
  });
});

describe('time beyond the hooks', () => {
  it('is per unit', () => {
    expect(beyondHooks(3_000, 1_000, 20)).toBe(100);
    expect(beyondHooks(900, 1_000, 20)).toBe(0);
  });
});
