import type { EventLog } from '@yiqiu/event-log';
import type { Host } from '../host/index.ts';

export interface LeaseOptions {
  readonly log: EventLog;
  readonly holder: string;
  readonly ttlMs: number;
  readonly host: Host;
  /** Once per loss: another one holds it, or it could not be renewed in time. */
  readonly onLost: (why: string) => void;
  /** A renewal failed and will be tried again. */
  readonly onUnanswered: (error: unknown) => void;
}

/**
 * The leadership lease, in the database's time: renewed at a third of its life, counted from before the question was sent, so
 * that it ends here no later than there.
 */
export class LeadershipLease {
  readonly #options: LeaseOptions;
  #untilMs = Number.NEGATIVE_INFINITY;
  /** The same in wall time: a machine that was asleep does not see it in its monotonic clock. */
  #untilWallMs = Number.NEGATIVE_INFINITY;
  #renewing = false;
  #cancelRenewal: (() => void) | null = null;
  #cancelExpiry: (() => void) | null = null;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** True while this process may answer, push and publish. */
  held(): boolean {
    const { clock } = this.#options.host;
    if (clock.monotonicMs() >= this.#untilMs) return false;
    if (clock.nowMs() < this.#untilWallMs) return true;
    // Asleep, or the wall clock jumped: the database knows.
    this.#untilMs = Number.NEGATIVE_INFINITY;
    this.#cancelRenewal?.();
    void this.#renew();
    return false;
  }

  /** Takes or renews the lease, or says who has it and for how long, ms. Keeps renewing it once taken, until it is lost or released. */
  async acquire(): Promise<
    { readonly acquired: true } | { readonly acquired: false; readonly holder: string; readonly remainingMs: number }
  > {
    const { acquired, lease } = await this.#ask();
    if (!acquired) {
      this.#drop();
      return { acquired, ...lease };
    }
    this.#renewing = true;
    this.#scheduleRenewal();
    return { acquired };
  }

  /** Gives it up for another one to take at once. */
  async release(): Promise<void> {
    const { log, holder } = this.#options;
    const wasHeld = this.held();
    this.#drop();
    if (wasHeld) await log.releaseLease(holder);
  }

  async #ask() {
    const { log, holder, ttlMs, host } = this.#options;
    const [askedMs, askedWallMs] = [host.clock.monotonicMs(), host.clock.nowMs()];
    const answer = await log.acquireLease(holder, ttlMs);
    if (answer.acquired) {
      this.#untilMs = askedMs + answer.lease.remainingMs;
      this.#untilWallMs = askedWallMs + answer.lease.remainingMs;
      this.#scheduleExpiry();
    }
    return answer;
  }

  #scheduleRenewal(): void {
    const { host, ttlMs } = this.#options;
    this.#cancelRenewal?.();
    this.#cancelRenewal = host.timers.after(ttlMs / 3, () => void this.#renew());
  }

  /** One renewal. What cannot be asked is asked again; the expiry decides when that is too late. */
  async #renew(): Promise<void> {
    if (!this.#renewing) return;
    try {
      const { acquired, lease } = await this.#ask();
      if (!this.#renewing) return;
      if (acquired) this.#scheduleRenewal();
      else this.#lose(`${lease.holder} holds the lease`);
    } catch (error) {
      // The expiry timer is the judge of how long that may last.
      this.#options.onUnanswered(error);
      if (this.#renewing) this.#scheduleRenewal();
    }
  }

  #scheduleExpiry(): void {
    const { host } = this.#options;
    this.#cancelExpiry?.();
    this.#cancelExpiry = host.timers.after(this.#untilMs - host.clock.monotonicMs(), () => {
      if (this.held()) this.#scheduleExpiry();
      else this.#lose('the lease could not be renewed in time');
    });
  }

  #lose(why: string): void {
    if (!this.#renewing) return;
    this.#drop();
    this.#options.onLost(why);
  }

  #drop(): void {
    this.#renewing = false;
    this.#untilMs = Number.NEGATIVE_INFINITY;
    this.#cancelRenewal?.();
    this.#cancelExpiry?.();
  }
}
