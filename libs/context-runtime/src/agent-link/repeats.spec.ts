import { describe, expect, it } from '@jest/globals';
import { enqueue, newQueue, settle } from '@yiqiu/agent-queue';
import { Repeats } from './repeats.ts';

describe('when a command is sent again', () => {
  it('is where the oldest one taken has waited long enough, and then again after as long', () => {
    const repeats = new Repeats(1_000);
    const queue = newQueue<string>('m');
    for (const seq of [1, 2, 3]) enqueue(queue, 1, { seq, startBy: 1, ref: 'x' });
    expect(repeats.isDue(queue, 0, 0)).toBe(false);
    expect(repeats.isDue(queue, 2, 10)).toBe(false);
    expect(repeats.isDue(queue, 3, 1_009)).toBe(false);
    expect(repeats.isDue(queue, 3, 1_010)).toBe(true);
    expect(repeats.isDue(queue, 3, 1_011)).toBe(false);
    settle(queue, 1, 1);
    expect(repeats.isDue(queue, 3, 1_500)).toBe(false);
    expect(repeats.isDue(queue, 3, 2_499)).toBe(false);
    expect(repeats.isDue(queue, 3, 2_500)).toBe(true);
    for (const seq of [2, 3]) settle(queue, 1, seq);
    expect(repeats.isDue(queue, 3, 9_000)).toBe(false);
  });
});
