import type { Journal } from '../journal/index.ts';

/** How often a contact is written down, as a part of the lease: a restarted agent overrates the silence by so much. */
const persistPart = 4;

/** For how long the platform has not answered. Over the agent's restarts by the wall clock, within one by the steady one. */
export class Silence {
  readonly #journal: Journal;
  #contactAt: number;
  #persistedAt = Number.NEGATIVE_INFINITY;
  #regainedAtMs = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
    const last = journal.meta('last-contact');
    const before = last === null ? Number.POSITIVE_INFINITY : Math.max(0, Date.now() - Number(last));
    this.#contactAt = performance.now() - before;
  }

  get silenceMs(): number {
    return performance.now() - this.#contactAt;
  }

  /** When the last silence beyond the lease ended, ms since the epoch; 0 before the first contact. */
  get regainedAtMs(): number {
    return this.#regainedAtMs;
  }

  /**
   * The platform answered what was asked at `askedAt` (steady clock, ms). It counts as of then: an answer that lay in a
   * buffer while the agent stood still says nothing about now.
   */
  contact(leaseMs: number, askedAt: number): void {
    if (askedAt <= this.#contactAt) return;
    const lapsed = this.silenceMs > leaseMs;
    this.#contactAt = askedAt;
    if (lapsed && this.silenceMs <= leaseMs) this.#regainedAtMs = Date.now() - this.silenceMs;
    if (askedAt - this.#persistedAt < leaseMs / persistPart) return;
    this.#persistedAt = askedAt;
    this.#journal.contacted(Math.round(Date.now() - this.silenceMs));
  }
}
