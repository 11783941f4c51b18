import { ratioOf, sampleOf, type Sample } from './sample.ts';

export const benchNames = [
  'commands',
  'append',
  'rebuild',
  'rest',
  'grpc',
  'config',
  'deploy',
  'memory',
  'idle',
] as const;
export type BenchName = (typeof benchNames)[number];

export type Target = { readonly atLeast: number } | { readonly below: number };

/** One line of the table. */
export interface Figure {
  readonly bench: BenchName;
  readonly name: string;
  readonly unit: string;
  readonly own: Sample;
  /** The peer, or the limit of what is possible, measured in turn with the own one. */
  readonly against: { readonly name: string; readonly sample: Sample } | null;
  /** own / against; null where there is nothing to compare with. */
  readonly ratio: Sample | null;
  /** Of the ratio, or of the value itself where there is none. */
  readonly target: Target | null;
  /** null where there is no target. */
  readonly holds: boolean | null;
}

export interface Measured {
  readonly bench: BenchName;
  readonly name: string;
  readonly unit: string;
  readonly own: readonly number[];
  readonly against?: { readonly name: string; readonly rounds: readonly number[] };
  readonly target?: Target;
}

export const figureOf = ({ bench, name, unit, own, against, target }: Measured): Figure => {
  const ownSample = sampleOf(own);
  const other = against === undefined ? null : { name: against.name, sample: sampleOf(against.rounds) };
  const ratio = other === null ? null : ratioOf(ownSample, other.sample);
  return {
    ...{ bench, name, unit, own: ownSample, against: other, ratio, target: target ?? null },
    holds: target === undefined ? null : ratio === null ? isWithin(ownSample, target) : meets(ratio, target),
  };
};

/** The target of a comparison holds for the median of the rounds. */
const meets = ({ median }: Sample, target: Target): boolean =>
  'atLeast' in target ? median >= target.atLeast : median < target.below;

/** A bound of a value from above holds for all that was measured, one from below for the median. */
const isWithin = ({ median, max }: Sample, target: Target): boolean =>
  'atLeast' in target ? median >= target.atLeast : max < target.below;
