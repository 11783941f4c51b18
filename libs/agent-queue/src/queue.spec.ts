import { describe, expect, it } from '@jest/globals';
import {
  bindJournal,
  enqueue,
  judgeJournal,
  newQueue,
  pendingItem,
  placeOf,
  pushAfter,
  resetJournal,
  settle,
} from './queue.ts';

const filled = (n: number) => {
  const queue = newQueue<string>('m');
  for (let i = 1; i <= n; i++) enqueue(queue, 1, { seq: i, startBy: 10, ref: `c${i}` });
  return queue;
};

describe('agent queue', () => {
  it('numbers without gaps and refuses a number out of turn', () => {
    const queue = filled(2);
    expect(placeOf(queue)).toEqual({ generation: 1, seq: 3 });
    expect(placeOf(queue, 2)).toEqual({ generation: 1, seq: 5 });
    expect(() => enqueue(queue, 1, { seq: 4, startBy: 0, ref: 'x' })).toThrow('next is 1/3');
    expect(() => enqueue(queue, 2, { seq: 3, startBy: 0, ref: 'x' })).toThrow('next is 1/3');
  });

  it('gives what is missing, bounded, with a floor that voids what is settled', () => {
    const queue = filled(5);
    settle(queue, 1, 2);
    expect(pushAfter(queue, 0, 2)).toEqual({
      generation: 1,
      floor: 3,
      more: true,
      items: [queue.pending[0], queue.pending[1]],
    });
    expect(pushAfter(queue, 3).items.map((i) => i.seq)).toEqual([4, 5]);
    settle(queue, 1, 4);
    settle(queue, 1, 5);
    expect(pushAfter(queue, 3)).toEqual({ generation: 1, floor: 5, more: false, items: [] });
    expect(pendingItem(queue, 1, 4)).toBeNull();
    expect(pendingItem(queue, 1, 1)?.ref).toBe('c1');
  });

  it('binds the first journal, and closes what waited when another one comes', () => {
    const queue = filled(2);
    expect(judgeJournal(queue, 'j1')).toEqual({ is: 'bound', generation: 1 });
    bindJournal(queue, 'j1');
    expect(judgeJournal(queue, 'j1')).toEqual({ is: 'same' });
    expect(judgeJournal(queue, 'j2')).toEqual({ is: 'reset', generation: 2, closed: [1, 2] });
    resetJournal(queue, 'j2', 2);
    expect(queue.pending).toEqual([]);
    expect(placeOf(queue)).toEqual({ generation: 2, seq: 1 });
    settle(queue, 1, 1);
    expect(pendingItem(queue, 1, 1)).toBeNull();
  });
});
