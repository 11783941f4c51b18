import { describe, expect, it } from '@jest/globals';
import { Bell, soonMs } from './bell.ts';

const never = new AbortController().signal;

describe('the bell', () => {
  it('rung before or while somebody sleeps, it wakes', async () => {
    const bell = new Bell();
    bell.ring();
    expect(await bell.wait(60_000, never)).toBe(true);
    const sleep = bell.wait(60_000, never);
    bell.ring();
    expect(await sleep).toBe(true);
  });

  it('rung soon, however often, it wakes once in its time', async () => {
    const bell = new Bell();
    const since = performance.now();
    for (let wakes = 0; wakes < 3; wakes += 1) {
      for (let n = 0; n < 100; n += 1) bell.ringSoon();
      // The timer of the bell alone keeps no process alive; this one does.
      const alive = setTimeout(() => undefined, 10_000);
      expect(await bell.wait(10_000, never)).toBe(true);
      clearTimeout(alive);
    }
    // At once, then twice after a while each.
    expect(performance.now() - since).toBeGreaterThanOrEqual(2 * soonMs - 50);
    expect(performance.now() - since).toBeLessThan(9_000);
  });
});
