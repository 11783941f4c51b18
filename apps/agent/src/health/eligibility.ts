import type { UnitReport } from '@yiqiu/contracts';
import type { ExecCheck } from '@yiqiu/program/manifest-types';
import { pause } from '../proc/index.ts';
import type { ExecResult } from './exec.ts';

export type Eligibility = NonNullable<UnitReport['eligible']>;

export interface EligibilityOptions {
  /** `leader.eligible` of the manifest. */
  readonly check: ExecCheck;
  /** Runs a rendered check. Never rejects. */
  readonly exec: (argv: readonly string[], timeoutMs: number) => Promise<ExecResult>;
  /** Another answer than before: `ok` turned, or only the rank moved; or the same one, to be said again. */
  readonly changed: (what: 'ok' | 'rank') => void;
}

/** An answer may be late by so much before it is called old, beside its own interval and timeout, ms. */
const staleAfterMs = 1_000;
const messageCharactersMax = 500;
/**
 * The same answer is said again after so long: where a leader is lost, only answers given since count, and nobody may have to
 * wait for the next periodic report, ms.
 */
const sayAgainMs = 2_000;
const intervalMsMin = 50;

interface Asking {
  /** ms since the epoch. */
  readonly beganAt: number;
  readonly done: Promise<void>;
}

/** Asks one run of a unit again and again whether it may lead, from its process's start until it is closed. */
export class EligibilityWatch {
  readonly #options: EligibilityOptions;
  readonly #closed = new AbortController();
  #answer: Eligibility | null = null;
  #told: Eligibility | null = null;
  #saidAt = 0;
  #asking: Asking | null = null;

  constructor(options: EligibilityOptions) {
    this.#options = options;
    void this.#watch();
  }

  /** Null where it has not been asked, or what it said is no longer to count. */
  answer(): Eligibility | null {
    return this.#answer;
  }

  /**
   * Resolves when there is an answer to a question asked at `sinceMs` (ms since the epoch) or later, and no older than its
   * rhythm allows, as after a pause of the agent. An older one does not count from now on.
   */
  async fresh(sinceMs: number): Promise<void> {
    const { intervalMs, timeoutMs } = this.#options.check;
    const since = Math.max(sinceMs, Date.now() - intervalMs - timeoutMs - staleAfterMs);
    if (this.#answer !== null && this.#answer.observedAt >= since) return;
    this.#answer = null;
    while (!this.#closed.signal.aborted) {
      const asking = this.#ask();
      await asking.done;
      if (asking.beganAt >= since) return;
    }
  }

  close(): void {
    this.#closed.abort();
  }

  async #watch(): Promise<void> {
    do await this.#ask().done;
    while (await pause(Math.max(this.#options.check.intervalMs, intervalMsMin), this.#closed.signal));
  }

  /** One question at a time: who asks meanwhile shares it. */
  #ask(): Asking {
    if (this.#asking !== null) return this.#asking;
    const beganAt = Date.now();
    const { exec, timeoutMs } = this.#options.check;
    const done = this.#options.exec(exec, timeoutMs).then((result) => {
      this.#asking = null;
      this.#take(answerOf(result, beganAt));
    });
    this.#asking = { beganAt, done };
    return this.#asking;
  }

  #take(answer: Eligibility): void {
    if (this.#closed.signal.aborted) return;
    const before = this.#told;
    this.#answer = answer;
    this.#told = answer;
    const isSame = before?.ok === answer.ok && before.rank === answer.rank;
    if (isSame && answer.observedAt - this.#saidAt < sayAgainMs) return;
    this.#saidAt = answer.observedAt;
    this.#options.changed(before?.ok === answer.ok ? 'rank' : 'ok');
  }
}

/** Exit code 0: it may lead. What it printed is its rank, 0 where that is no integer. `observedAt`: when it was asked. */
export const answerOf = ({ exitCode, stdout, message }: ExecResult, observedAt: number): Eligibility => ({
  ok: exitCode === 0,
  rank: rankOf(stdout),
  message: message.slice(0, messageCharactersMax),
  observedAt,
});

const rankOf = (stdout: string): number => {
  const text = stdout.trim();
  const rank = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : 0;
  // JSON knows no -0.
  return Number.isSafeInteger(rank) ? rank || 0 : 0;
};
