/** Bounds of the waits between attempts. */
export interface BackoffLimits {
  /** The longest first wait, ms. */
  readonly firstMs: number;
  /** The longest wait at all, ms; reached by doubling. */
  readonly maxMs: number;
}

/** What services use: the platform is small, it may come back at once. */
export const serviceBackoff: BackoffLimits = { firstMs: 250, maxMs: 5_000 };
/** What agents use: ten thousand of them come back after one restart of the server. */
export const agentBackoff: BackoffLimits = { firstMs: 1_000, maxMs: 30_000 };

/**
 * Full jitter: anything between nothing and the doubled bound, so that many clients spread over the whole wait
 * (Brooker, "Exponential Backoff And Jitter", 2015). `chance` is from [0, 1).
 */
export const backoffMs = (attempt: number, limits: BackoffLimits, chance: number = Math.random()): number =>
  Math.floor(chance * Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt, 30)));
