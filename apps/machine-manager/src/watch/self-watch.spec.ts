import { describe, expect, it } from '@jest/globals';
import { hearingMs } from '@yiqiu/machine-domain';
import { pauseMs, SelfWatch } from './self-watch.ts';

const graceMs = 10_000;

/** A watch on a clock that a test turns. */
const watched = () => {
  const world = { nowMs: 0, connected: true, phase: 'leading' as 'leading' | 'standby', epoch: 1 };
  const self = new SelfWatch({
    clock: { nowMs: () => world.nowMs, monotonicMs: () => world.nowMs },
    leading: () => world,
    connected: () => world.connected,
    graceMs,
  });
  /** Time goes on, with pulses as often as they come. */
  const run = (ms: number): number => {
    for (const until = world.nowMs + ms; world.nowMs < until; self.pulse()) world.nowMs += 250;
    return hearingMs(self.health());
  };
  self.pulse();
  return { world, self, run };
};

describe('the observer’s watch on itself', () => {
  it('hears from the end of its grace on', () => {
    const { run } = watched();
    expect(run(graceMs - 250)).toBe(-250);
    expect(run(250)).toBe(0);
    expect(run(5_000)).toBe(5_000);
  });

  it('begins anew after a pause of its own, without another grace', () => {
    const { world, self, run } = watched();
    run(60_000);
    world.nowMs += pauseMs;
    self.pulse();
    expect(hearingMs(self.health())).toBe(52_000);
    world.nowMs += pauseMs + 1;
    self.pulse();
    expect(hearingMs(self.health())).toBe(0);
    expect(run(3_000)).toBe(3_000);
  });

  it('grants its grace again after a lost connection, however brief, and after it led again', () => {
    const { world, self, run } = watched();
    run(60_000);
    world.connected = false;
    expect(run(1_000)).toBe(-1);
    world.connected = true;
    self.pulse();
    expect(run(graceMs)).toBe(0);

    run(60_000);
    self.disconnected(); // and back before the next pulse
    expect(hearingMs(self.health())).toBe(-1);
    self.pulse();
    expect(run(graceMs)).toBe(0);

    run(60_000);
    world.phase = 'standby';
    expect(run(1_000)).toBe(-1);
    world.phase = 'leading';
    self.pulse();
    expect(run(graceMs)).toBe(0);
    world.epoch = 2;
    self.pulse();
    expect(hearingMs(self.health())).toBe(-graceMs);
  });
});
