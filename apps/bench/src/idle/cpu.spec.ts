import { describe, expect, it } from '@jest/globals';
import { cpuSecondsOf, parseTicks } from './cpu.ts';

describe('CPU of a process', () => {
  it('is read from /proc/PID/stat, whatever its name holds', () => {
    const stat = '4711 (a (b) c) S 1 4711 4711 0 -1 4194560 2093 66 0 0 120 30 7 3 20 0 11 0 8000 1 1';
    expect(parseTicks(stat)).toEqual({ own: 150, ended: 10 });
  });

  it('grows with work', () => {
    const before = cpuSecondsOf(process.pid);
    const until = performance.now() + 150;
    while (performance.now() < until) Math.sqrt(until);
    expect(cpuSecondsOf(process.pid)).toBeGreaterThan(before);
  });

  it('is none where the process is gone', () => {
    expect(cpuSecondsOf(2 ** 22 + 1)).toBe(0);
  });
});
