import pc from 'picocolors';
import stringWidth from 'string-width';
import { stringify } from 'yaml';
import { CliError, exitCodes } from '../exit.ts';

export const formats = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof formats)[number];

export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string;
  /** Only with `-o wide`. */
  readonly wide?: boolean;
}

export const formatOf = (text: string): Format => {
  const format = formats.find((known) => known === text);
  if (format === undefined) throw new CliError(exitCodes.usage, `-o ${text}: ${formats.join(', ')} are allowed`);
  return format;
};

/** Rows as asked for; `body` is what REST gives and what json and yaml print. Colours only on a terminal. */
export const printRows = <T extends { readonly name: string }>(
  format: Format,
  rows: readonly T[],
  columns: readonly Column<T>[],
  body: unknown,
): void => {
  process.stdout.write(render(format, rows, columns, body, process.stdout.isTTY === true));
};

export const render = <T extends { readonly name: string }>(
  format: Format,
  rows: readonly T[],
  columns: readonly Column<T>[],
  body: unknown,
  colours: boolean,
): string => {
  switch (format) {
    case 'json':
      return `${JSON.stringify(body, null, 2)}\n`;
    case 'yaml':
      return stringify(body);
    case 'name':
      return rows.map((row) => `${row.name}\n`).join('');
    case 'table':
    case 'wide':
      return table(
        rows,
        columns.filter((column) => format === 'wide' || column.wide !== true),
        colours,
      );
  }
};

const table = <T>(rows: readonly T[], columns: readonly Column<T>[], colours: boolean): string => {
  const lines = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => column.value(row))),
  ];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => stringWidth(line[at] ?? ''))));
  return lines
    .map((line, index) => {
      const text = line
        .map((cell, at) => (at === line.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - stringWidth(cell))))
        .join('  ');
      return `${colours && index === 0 ? pc.bold(text) : text}\n`;
    })
    .join('');
};
