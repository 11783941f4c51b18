import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from './resp.mjs';

/** Between two attempts to connect, ms. */
const againMs = 50;
/** How long WAIT may take, ms. */
const waitMs = 1_000;

/**
 * Writes numbered keys `<prefix>:<n>` one after another, each followed by `WAIT 1` on the same connection, and keeps which were
 * acknowledged: a write counts once a replica said that it has it. `targets()` are the addresses to try, in order.
 */
export class Writer {
  acknowledged = [];
  /** Writes that ended otherwise: they may be there or not. */
  unsure = 0;
  errors = new Map();
  /** When the last write was acknowledged, and the longest time without one while it ran, ms. */
  lastAt = Date.now();
  longestGapMs = 0;
  #n = 0;
  #stop = false;
  #running = null;

  constructor({ prefix, targets, wait = true, everyMs = 0 }) {
    Object.assign(this, { prefix, targets, wait, everyMs });
  }

  start() {
    this.lastAt = Date.now();
    this.#stop = false;
    this.#running = this.#run();
    return this;
  }

  async stop() {
    this.#stop = true;
    await this.#running;
    this.#gap();
    return this;
  }

  #gap() {
    this.longestGapMs = Math.max(this.longestGapMs, Date.now() - this.lastAt);
  }

  async #run() {
    for (let turn = 0; !this.#stop; turn += 1) {
      const targets = await this.targets();
      if (targets.length === 0) {
        await pause(againMs);
        continue;
      }
      let redis = null;
      try {
        redis = await Redis.open({ ...targets[turn % targets.length], timeoutMs: waitMs + 1_000 });
        while (!this.#stop) await this.#write(redis);
      } catch (error) {
        this.errors.set(error.message, (this.errors.get(error.message) ?? 0) + 1);
        if (!this.#stop) await pause(againMs);
      } finally {
        redis?.close();
      }
    }
  }

  async #write(redis) {
    const n = (this.#n += 1);
    let sure = false;
    try {
      await redis.call('SET', `${this.prefix}:${n}`, `value-${n}`);
      sure = !this.wait || (await redis.call('WAIT', 1, waitMs)) >= 1;
    } finally {
      if (!sure) this.unsure += 1;
    }
    if (!sure) return;
    this.#gap();
    this.acknowledged.push(n);
    this.lastAt = Date.now();
    if (this.everyMs > 0) await pause(this.everyMs);
  }

  /** Which acknowledged writes are not there, or not as they were written. */
  async lost(redis) {
    const lost = [];
    for (let at = 0; at < this.acknowledged.length; at += 500) {
      const some = this.acknowledged.slice(at, at + 500);
      const values = await redis.call('MGET', ...some.map((n) => `${this.prefix}:${n}`));
      lost.push(...some.filter((n, index) => values[index] !== `value-${n}`));
    }
    return lost;
  }

  summary() {
    const errors = [...this.errors].map(([text, count]) => `${count}× ${text}`).join(', ');
    return `${this.acknowledged.length} acknowledged, ${this.unsure} not; longest gap ${(this.longestGapMs / 1000).toFixed(1)} s${errors === '' ? '' : `; ${errors}`}`;
  }
}
