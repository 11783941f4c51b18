import pc from 'picocolors';
import stringWidth from 'string-width';

export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string;
  /** Only with `-o wide`. */
  readonly wide?: boolean;
  /** Coloured as a state on a terminal. */
  readonly paint?: (text: string) => string;
  /** Cut first where the terminal is too narrow. */
  readonly flexible?: boolean;
}

export interface Screen {
  readonly colours: boolean;
  /** Columns of text; null where nothing is cut (a pipe, `-o wide`). */
  readonly width: number | null;
}

const gap = 2;
/** Narrower than this no column is cut. */
const cellMin = 8;

/** A header and a line per row. On a narrow terminal flexible columns are cut first, then the widest. */
export const table = <T>(rows: readonly T[], columns: readonly Column<T>[], { colours, width }: Screen): string => {
  const titles = columns.map((column) => column.title);
  const lines = rows.map((row) => columns.map((column) => oneLine(column.value(row))));
  const widths = fitted(
    columns.map((_, at) => Math.max(...[titles, ...lines].map((line) => stringWidth(line[at] ?? '')))),
    columns.map(({ flexible }) => flexible === true),
    width,
  );
  const row = (cells: readonly string[], paint: (cell: string, at: number) => string): string => {
    const last = cells.length - 1;
    const text = cells
      .map((cell, at) => {
        const shown = cut(cell, widths[at] ?? 0);
        const pad = at === last ? '' : ' '.repeat(Math.max(0, (widths[at] ?? 0) - stringWidth(shown)));
        return `${paint(shown, at)}${pad}`;
      })
      .join(' '.repeat(gap));
    return `${text.trimEnd()}\n`;
  };
  const plain = (cell: string): string => cell;
  const head = row(titles, colours ? (cell) => pc.bold(cell) : plain);
  const body = lines.map((line) => row(line, colours ? (cell, at) => columns[at]?.paint?.(cell) ?? cell : plain));
  return head + body.join('');
};

const oneLine = (text: string): string => text.replace(/\s*\n\s*$/, '').replace(/\s*\n\s*/g, ' ⏎ ');

const fitted = (natural: readonly number[], flexible: readonly boolean[], width: number | null): number[] => {
  const widths = [...natural];
  if (width === null) return widths;
  const over = (): number => widths.reduce((sum, one) => sum + one, gap * (widths.length - 1)) - width;
  const shrink = (may: (at: number) => boolean): void => {
    while (over() > 0) {
      const candidates = widths.map((_, at) => at).filter((at) => may(at) && (widths[at] ?? 0) > cellMin);
      const [widest] = candidates.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
      if (widest === undefined) return;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  };
  shrink((at) => flexible[at] === true);
  shrink(() => true);
  return widths;
};

const cut = (text: string, width: number): string => {
  if (stringWidth(text) <= width) return text;
  let shown = '';
  for (const letter of text) {
    if (stringWidth(shown + letter) > width - 1) break;
    shown += letter;
  }
  return `${shown}…`;
};
