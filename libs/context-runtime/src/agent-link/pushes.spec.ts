import { describe, expect, it } from '@jest/globals';
import { Pushes } from './pushes.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('pushes', () => {
  it('run once per machine at a time, once more where touched meanwhile, so many at once', async () => {
    const started: string[] = [];
    const ends: (() => void)[] = [];
    const pushes = new Pushes(2, (machine) => {
      started.push(machine);
      return new Promise((resolve) => ends.push(resolve));
    });
    for (const machine of ['a', 'a', 'b', 'c', 'c', 'c']) pushes.touch(machine);
    await turn();
    expect(started).toEqual(['a', 'b']);
    pushes.touch('a');
    pushes.touch('a');
    ends[0]?.();
    await turn();
    expect(started).toEqual(['a', 'b', 'a']);
    ends[1]?.();
    await turn();
    expect(started).toEqual(['a', 'b', 'a', 'c']);
    ends[2]?.();
    ends[3]?.();
    await turn();
    expect(started).toEqual(['a', 'b', 'a', 'c']);
    await pushes.stop();
    pushes.touch('d');
    await turn();
    expect(started).not.toContain('d');
  });
});
