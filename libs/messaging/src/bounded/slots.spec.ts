import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.ts';

describe('slots', () => {
  it('lets so many work, so many wait, in order, and tells when all is done', async () => {
    const slots = new Slots(2, 2);
    const entered: number[] = [];
    for (const n of [1, 2, 3, 4]) void slots.enter().then(() => entered.push(n));
    await Promise.resolve();
    await Promise.resolve();
    expect(entered).toEqual([1, 2]);
    expect(slots.isFull).toBe(true);
    expect(() => slots.enter()).toThrow('2 tasks wait already');
    let idle = false;
    void slots.whenIdle().then(() => (idle = true));
    slots.leave();
    slots.leave();
    await Promise.resolve();
    expect(entered).toEqual([1, 2, 3, 4]);
    slots.leave();
    expect(slots.atWork).toBe(1);
    slots.leave();
    await Promise.resolve();
    expect(idle).toBe(true);
    await slots.whenIdle();
  });
});
