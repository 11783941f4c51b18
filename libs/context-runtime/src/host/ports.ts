import type { Ids } from '@yiqiu/kernel';

/** Time as the machine has it. */
export interface Clock {
  /** Wall time, ms since the epoch. May jump. */
  nowMs(): number;
  /** Never goes back and does not follow the wall clock; its zero means nothing. */
  monotonicMs(): number;
}

export interface Timers {
  /** Runs `task` once after `delayMs`; the answer cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Resolves after the tasks that already wait (I/O, timers) had their turn. */
  soon(): Promise<void>;
}

/** What is not deterministic, in one place: production wires the machine, a simulator its scheduler. */
export interface Host {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly timers: Timers;
}
