/**
 * How well the observer itself is, all in ms of its own monotonic clock. `graceMs`: after a start or a lost connection, for
 * which no silence counts, since agents need time to find the platform again.
 */
export type Observer = {
  /** To the bus that heartbeats come over. */
  readonly connected: boolean;
  readonly connectedMs: number;
  /** Since it leads, and so hears agents. */
  readonly leadingMs: number;
  /** Since its own loop last stood still. */
  readonly steadyMs: number;
  readonly graceMs: number;
};

/**
 * For how long the observer has been able to hear, ms: no silence is longer than that, which gives every machine a fresh
 * lease after the observer's own start, pause or loss of connection. Negative: nothing may be concluded.
 */
export const hearingMs = ({ connected, connectedMs, leadingMs, steadyMs, graceMs }: Observer): number =>
  connected ? Math.min(steadyMs, connectedMs - graceMs, leadingMs - graceMs) : -1;
