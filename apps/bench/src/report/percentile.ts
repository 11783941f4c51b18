import { figureOf, type Figure, type Measured } from './figure.ts';

/** By nearest rank: the smallest value that `percent` of all do not exceed. Throws RangeError where there is none. */
export const percentileOf = (values: readonly number[], percent: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('a percentile needs at least one value');
  return found;
};

export type Latencies = Pick<Measured, 'bench' | 'name'> & {
  /** ms, each round's. */
  readonly rounds: readonly (readonly number[])[];
  readonly against?: { readonly name: string; readonly rounds: readonly (readonly number[])[] };
};

/** p50 and p99 of each round. */
export const latencyFigures = ({ bench, name, rounds, against }: Latencies): Figure[] =>
  [50, 99].map((percent) => {
    const of = (all: readonly (readonly number[])[]): number[] => all.map((values) => percentileOf(values, percent));
    return figureOf({
      ...{ bench, name: `${name}, p${percent}`, unit: 'ms', own: of(rounds) },
      ...(against === undefined ? {} : { against: { name: against.name, rounds: of(against.rounds) } }),
    });
  });
