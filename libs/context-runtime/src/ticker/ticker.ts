import type { ContextName, DomainError } from '@yiqiu/kernel';
import { Backoff, type GuardedClock, type Timers } from '../host/index.ts';
import type { Reports } from '../reports.ts';

/** The longest sleep; then the deadlines are looked at again, since wall and timer clocks differ. */
const sleepMsMax = 60_000;
/** How often a clock that jumped is looked at. */
const jumpedMs = 1_000;

export interface TickerOptions {
  readonly context: ContextName;
  readonly clock: GuardedClock;
  readonly timers: Timers;
  readonly reports: Reports;
  /** ms since the epoch, or null where nothing is to come. */
  readonly nextDeadline: () => number | null;
  /** Has the writer look at the deadlines. */
  readonly tick: () => void;
}

/** Wakes the writer at the earliest deadline of the state. Stands still, with an alarm, while the own clock is not to be believed. */
export class Ticker {
  readonly #options: TickerOptions;
  readonly #backoff = new Backoff();
  #cancel: (() => void) | null = null;
  /** What the timer is set for: a time, or 'asked' while the writer looks. */
  #armed: number | 'asked' | 'held' | null = null;
  #stopped = false;
  #jumpReported = false;

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  /** Sets the timer anew; called after every batch. */
  arm(): void {
    if (this.#stopped || this.#armed === 'asked' || this.#armed === 'held') return;
    const deadline = this.#options.nextDeadline();
    if (deadline === this.#armed) return;
    this.#set(deadline);
  }

  /** After the writer looked. Where the deadline stands and nothing came of it, the next look waits. */
  ticked(outcome: 'idle' | 'done' | DomainError): void {
    this.#armed = null;
    const { context, reports, nextDeadline, clock } = this.#options;
    const deadline = nextDeadline();
    if (outcome === 'done') this.#backoff.reset();
    else if (deadline !== null && deadline <= clock.now()) {
      const why = outcome === 'idle' ? 'nothing was found due' : `${outcome.code}: ${outcome.message}`;
      const message = `a deadline passed ${clock.now() - deadline} ms ago and stands: ${why}`;
      reports.alarm({ context, code: 'tick-failing', message });
      return this.#hold(this.#backoff.next());
    }
    this.arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #set(deadline: number | null): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#armed = deadline;
    if (deadline === null) return;
    const delayMs = Math.min(Math.max(0, deadline - this.#options.clock.now()), sleepMsMax);
    this.#cancel = this.#options.timers.after(delayMs, () => this.#fire());
  }

  #fire(): void {
    const { clock, nextDeadline, tick } = this.#options;
    this.#armed = null;
    if (this.#isJumped()) return this.#hold(jumpedMs);
    const deadline = nextDeadline();
    if (deadline === null || deadline > clock.now()) return this.#set(deadline);
    this.#armed = 'asked';
    tick();
  }

  #hold(delayMs: number): void {
    this.#cancel?.();
    this.#armed = 'held';
    this.#cancel = this.#options.timers.after(delayMs, () => {
      this.#armed = null;
      this.arm();
    });
  }

  #isJumped(): boolean {
    const { clock, reports, context } = this.#options;
    const byMs = clock.jumpedMs();
    if (byMs !== null && !this.#jumpReported) {
      const message = `this machine's clock jumped by ${byMs} ms: no deadline is acted on until it has run evenly for a while`;
      reports.alarm({ context, code: 'clock-jumped', message, details: { byMs } });
    }
    this.#jumpReported = byMs !== null;
    return byMs !== null;
  }
}
