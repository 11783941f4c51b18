import { describe, expect, it } from '@jest/globals';
import { memoryOf } from './proc.ts';

describe('memory of a process', () => {
  it('is what Node says of itself, and shared pages are counted by their part', () => {
    const use = memoryOf(process.pid);
    if (use === null) throw new Error('this process is there');
    const ownMiB = process.memoryUsage.rss() / 1_024 ** 2;
    expect(Math.abs(use.rssMiB - ownMiB)).toBeLessThan(ownMiB / 4);
    expect(use.pssMiB).toBeGreaterThan(0);
    expect(use.pssMiB ?? 0).toBeLessThanOrEqual(use.rssMiB * 1.1);
  });

  it('is nothing where the process is gone', () => {
    expect(memoryOf(2 ** 22 + 1)).toBeNull();
  });
});
