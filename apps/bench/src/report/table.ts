import type { Figure, Target } from './figure.ts';
import type { Sample } from './sample.ts';

const header = ['', 'yiqiu', 'unit', 'against', '', 'ratio', 'target', ''] as const;

/** The figures as lines of text, medians with the spread of their rounds. */
export const tableOf = (figures: readonly Figure[]): string => {
  const rows = [[...header], ...figures.map(rowOf)];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const rowOf = ({ bench, name, unit, own, against, ratio, target, holds }: Figure): string[] => [
  `${bench}: ${name}`,
  spread(own),
  unit,
  against?.name ?? '',
  against === null ? '' : spread(against.sample),
  ratio === null ? '' : spread(ratio),
  target === null ? '' : targetText(target),
  holds === null ? '' : holds ? 'holds' : 'MISSED',
];

const targetText = (target: Target): string => ('atLeast' in target ? `>= ${target.atLeast}` : `< ${target.below}`);

const spread = ({ median, min, max, rounds }: Sample): string =>
  rounds.length === 1 ? number(median) : `${number(median)} (${number(min)}–${number(max)})`;

/** Three digits that matter, and thousands apart. */
const number = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
