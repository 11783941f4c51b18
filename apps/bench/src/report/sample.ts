/** What several rounds measured. */
export interface Sample {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: readonly number[];
}

/** Throws RangeError where there is no round. */
export const sampleOf = (rounds: readonly number[]): Sample => {
  const sorted = [...rounds].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (min === undefined || max === undefined || low === undefined || high === undefined)
    throw new RangeError('a sample needs at least one round');
  return { median: (low + high) / 2, min, max, rounds };
};

/** Round by round, so that what slows the whole machine for a while does not count for one side. */
export const ratioOf = (own: Sample, other: Sample): Sample => {
  if (own.rounds.length !== other.rounds.length)
    throw new RangeError(`${own.rounds.length} rounds against ${other.rounds.length}`);
  return sampleOf(own.rounds.map((value, round) => value / (other.rounds[round] ?? Number.NaN)));
};
