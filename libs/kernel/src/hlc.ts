/**
 * Hybrid logical clock (Kulkarni, Demirbas et al. 2014, "Logical Physical Clocks and Consistent Snapshots in Globally
 * Distributed Databases"). `l` is the greatest wall time seen (ms since the epoch), `c` orders events within one `l`.
 */
export interface HlcTimestamp {
  readonly l: number;
  readonly c: number;
}

export const hlcZero: HlcTimestamp = { l: 0, c: 0 };

/** A foreign timestamp further ahead of our wall clock than this stops its consumer with an alarm. */
export const hlcAheadMaxMs = 500;

/** The rule for a local or a send event: later than `last`, not behind the wall clock. */
export const hlcTick = (last: HlcTimestamp, nowMs: number): HlcTimestamp =>
  nowMs > last.l ? { l: nowMs, c: 0 } : { l: last.l, c: last.c + 1 };

/** The rule for a receive event: later than both `last` and `seen`. */
export const hlcReceive = (last: HlcTimestamp, seen: HlcTimestamp, nowMs: number): HlcTimestamp => {
  const l = Math.max(last.l, seen.l, nowMs);
  if (l === last.l && l === seen.l) return { l, c: Math.max(last.c, seen.c) + 1 };
  if (l === last.l) return { l, c: last.c + 1 };
  if (l === seen.l) return { l, c: seen.c + 1 };
  return { l, c: 0 };
};

export const hlcCompare = (a: HlcTimestamp, b: HlcTimestamp): number => a.l - b.l || a.c - b.c;

export const hlcMax = (a: HlcTimestamp, b: HlcTimestamp): HlcTimestamp => (hlcCompare(a, b) >= 0 ? a : b);

/** True where a foreign clock runs ahead of ours by more than {@link hlcAheadMaxMs}. */
export const hlcTooFarAhead = (seen: HlcTimestamp, nowMs: number): boolean => seen.l - nowMs > hlcAheadMaxMs;
