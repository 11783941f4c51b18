import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.ts';
import { ReconnectPlan } from './reconnect-plan.ts';

const limits = { firstMs: 1_000, maxMs: 8_000 };

describe('backoff', () => {
  it('is anything between nothing and a bound that doubles', () => {
    expect([0, 1, 2, 3, 4, 99].map((attempt) => backoffMs(attempt, limits, 0.999_999))).toEqual([
      999, 1_999, 3_999, 7_999, 7_999, 7_999,
    ]);
    expect(backoffMs(5, limits, 0)).toBe(0);
  });
});

describe('when a lost connection is dialled again', () => {
  it('is fixed once per attempt, from the first on, however often it is asked', () => {
    const plan = new ReconnectPlan(limits, () => 0.5);
    // Lost at 100,000, last dialled at 20,000: due at 100,500.
    expect(plan.waitMs(20_000, 100_000)).toBe(80_500);
    expect(plan.waitMs(20_000, 100_300)).toBe(80_500);
    expect(plan.waitMs(100_490, 100_490)).toBe(10);
    plan.dialled();
    expect(plan.waitMs(100_500, 100_510)).toBe(1_010);
    plan.dialled();
    expect(plan.waitMs(101_510, 101_510)).toBe(2_000);
  });

  it('begins with the short wait again once it was connected', () => {
    const plan = new ReconnectPlan(limits, () => 0.5);
    for (let i = 0; i < 5; i++) plan.dialled();
    plan.connected();
    expect(plan.waitMs(1_000, 1_000)).toBe(500);
  });
});
