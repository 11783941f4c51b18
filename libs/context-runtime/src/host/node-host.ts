import { performance } from 'node:perf_hooks';
import { setImmediate as immediate } from 'node:timers/promises';
import type { Clock, Host, Timers } from './ports.ts';
import { randomIds } from './random-ids.ts';

const nodeClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

const timeoutMsMax = 2 ** 31 - 1;

const nodeTimers: Timers = {
  after: (delayMs, task) => {
    const timer = setTimeout(task, Math.min(Math.max(0, delayMs), timeoutMsMax));
    return () => clearTimeout(timer);
  },
  soon: () => immediate(),
};

/** The machine itself. */
export const nodeHost = (): Host => ({ clock: nodeClock, ids: randomIds(), timers: nodeTimers });
