import { describe, expect, it } from '@jest/globals';
import { uuidV7 } from '@yiqiu/kernel';
import { Backoff, GuardedClock, randomIds } from './index.ts';

const fakeClock = () => {
  const clock = { wallMs: 1_000_000, monoMs: 0 };
  return {
    clock: { nowMs: () => clock.wallMs, monotonicMs: () => clock.monoMs },
    pass: (ms: number) => {
      clock.wallMs += ms;
      clock.monoMs += ms;
    },
    jump: (ms: number) => {
      clock.wallMs += ms;
    },
  };
};

describe('GuardedClock', () => {
  it('follows the wall clock and its small corrections, never back', () => {
    const { clock, pass, jump } = fakeClock();
    const guarded = new GuardedClock(clock);
    pass(100);
    expect(guarded.now()).toBe(1_000_100);
    jump(-50);
    expect(guarded.now()).toBe(1_000_100);
    pass(60);
    expect(guarded.now()).toBe(1_000_110);
    jump(4_000);
    expect(guarded.now()).toBe(1_004_110);
    expect(guarded.jumpedMs()).toBeNull();
  });

  it.each([3_600_000, -3_600_000])(
    'goes on as before after a jump of %d ms, and believes it after it has run evenly',
    (byMs) => {
      const { clock, pass, jump } = fakeClock();
      const guarded = new GuardedClock(clock, 30_000);
      jump(byMs);
      expect(guarded.now()).toBe(1_000_000);
      expect(guarded.jumpedMs()).toBe(byMs);
      pass(29_000);
      expect(guarded.now()).toBe(1_029_000);
      pass(1_000);
      expect(guarded.jumpedMs()).toBeNull();
      expect(guarded.now()).toBe(Math.max(1_029_000, 1_030_000 + byMs));
    },
  );

  it('counts anew when the clock jumps again', () => {
    const { clock, pass, jump } = fakeClock();
    const guarded = new GuardedClock(clock, 30_000);
    jump(60_000);
    guarded.now();
    pass(20_000);
    jump(60_000);
    guarded.now();
    pass(20_000);
    expect(guarded.jumpedMs()).toBe(120_000);
    pass(10_000);
    expect(guarded.jumpedMs()).toBeNull();
  });

  it('never goes below its floor', () => {
    const { clock, pass } = fakeClock();
    const guarded = new GuardedClock(clock);
    guarded.raiseFloor(1_000_500);
    expect(guarded.now()).toBe(1_000_500);
    pass(600);
    expect(guarded.now()).toBe(1_000_600);
  });
});

describe('randomIds', () => {
  it('are UUIDv7 like those of the kernel, over the edge of a block', () => {
    const ids = randomIds();
    const made = Array.from({ length: 3_000 }, (_, n) => ids.uuid(1_700_000_000_000 + (n % 3)));
    expect(new Set(made).size).toBe(3_000);
    for (const id of made) {
      const hex = id.replaceAll('-', '');
      // The random bytes back out of the id: kernel's function must make the same id of them.
      const random = Buffer.from(`0${hex.slice(13, 16)}${hex.slice(16)}`, 'hex');
      expect(uuidV7(Number.parseInt(hex.slice(0, 12), 16), random)).toBe(id);
    }
  });
});

it('Backoff doubles to a bound and begins anew after a success', () => {
  const backoff = new Backoff();
  expect(Array.from({ length: 9 }, () => backoff.next())).toEqual([
    100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000,
  ]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});
