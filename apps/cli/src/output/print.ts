import { stringify } from 'yaml';
import { CliError, exitCodes } from '../exit.ts';
import { table, type Column, type Screen } from './table.ts';

export type { Column } from './table.ts';

export const formats = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof formats)[number];

export const formatOf = (text: string): Format => {
  const format = formats.find((known) => known === text);
  if (format === undefined) throw new CliError(exitCodes.usage, `-o ${text}: ${formats.join(', ')} are allowed`);
  return format;
};

/** What stdout is: colours and a width only where it is a terminal. */
export const screenOf = (format: Format): Screen => {
  const terminal = process.stdout.isTTY === true;
  const width = terminal && process.stdout.columns > 0 ? process.stdout.columns : null;
  return { colours: terminal && process.env['NO_COLOR'] === undefined, width: format === 'wide' ? null : width };
};

/** Rows as asked for; `body` is what REST gives and what json and yaml print. */
export const printRows = <T>(
  format: Format,
  rows: readonly T[],
  columns: readonly Column<T>[],
  body: unknown,
  nameOf: (row: T) => string,
): void => {
  process.stdout.write(render(format, rows, columns, body, nameOf, screenOf(format)));
};

export const render = <T>(
  format: Format,
  rows: readonly T[],
  columns: readonly Column<T>[],
  body: unknown,
  nameOf: (row: T) => string,
  screen: Screen,
): string => {
  switch (format) {
    case 'json':
      return `${JSON.stringify(body, null, 2)}\n`;
    case 'yaml':
      return stringify(body);
    case 'name':
      return rows.map((row) => `${nameOf(row)}\n`).join('');
    case 'table':
    case 'wide':
      return table(
        rows,
        columns.filter((column) => format === 'wide' || column.wide !== true),
        screen,
      );
  }
};
