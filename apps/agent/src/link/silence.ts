import type { Journal } from '../journal/index.ts';

/** How often a contact is written down, as a part of the lease: a restarted agent overrates the silence by so much. */
const persistPart = 4;

/** For how long the platform has not answered. Over the agent's restarts by the wall clock, within one by the steady one. */
export class Silence {
  readonly #journal: Journal;
  #contactAt: number;
  #persistedAt = Number.NEGATIVE_INFINITY;

  constructor(journal: Journal) {
    this.#journal = journal;
    const last = journal.meta('last-contact');
    const before = last === null ? Number.POSITIVE_INFINITY : Math.max(0, Date.now() - Number(last));
    this.#contactAt = performance.now() - before;
  }

  get silenceMs(): number {
    return performance.now() - this.#contactAt;
  }

  /** The platform answered. */
  contact(leaseMs: number): void {
    const now = performance.now();
    this.#contactAt = now;
    if (now - this.#persistedAt < leaseMs / persistPart) return;
    this.#persistedAt = now;
    this.#journal.setMeta('last-contact', String(Date.now()));
  }
}
