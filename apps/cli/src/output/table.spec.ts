import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { ago, span } from './age.ts';
import { render } from './print.ts';
import { table, type Column } from './table.ts';

interface Row {
  readonly name: string;
  readonly message: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'MESSAGE', value: ({ message }) => message, flexible: true },
  { title: 'LAST', value: () => 'x', wide: true },
];

const rows: readonly Row[] = [
  { name: '缓存/redis/0', message: 'waits for a machine with enough memory' },
  { name: 'b', message: '' },
];

describe('a table', () => {
  it('has a header, even columns whatever the letters, and no blanks at the end of a line', () => {
    const text = table(rows, columns, { colours: false, width: null });
    expect(text.split('\n')).toEqual([
      'NAME          MESSAGE                                 LAST',
      '缓存/redis/0  waits for a machine with enough memory  x',
      'b                                                     x',
      '',
    ]);
  });

  it('cuts what is flexible first, and says that it did', () => {
    const text = table(rows, columns, { colours: false, width: 40 });
    expect(text.split('\n')[1]).toMatch(/^缓存\/redis\/0 {2}waits for a machine… {2}x$/);
  });

  it('never is wider than the terminal, and never cuts in a pipe', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.string(), message: fc.string() })),
        fc.integer({ min: 30, max: 200 }),
        (some, width) => {
          const cut = table(some, columns, { colours: false, width }).split('\n');
          for (const line of cut) expect(stringWidth(line)).toBeLessThanOrEqual(width);
          expect(cut.length).toBe(some.length + 2);
        },
      ),
    );
    expect(table(rows, columns, { colours: false, width: null })).not.toContain('…');
  });

  it('hides wide columns, and gives the body of REST to programs', () => {
    const screen = { colours: false, width: null };
    const body = { items: rows, next: null };
    const as = (format: 'table' | 'wide' | 'json' | 'yaml' | 'name') =>
      render(format, rows, columns, body, ({ name }) => name, screen);
    expect(as('table')).not.toContain('LAST');
    expect(as('wide')).toContain('LAST');
    expect(JSON.parse(as('json'))).toEqual(body);
    expect(as('yaml')).toContain('next: null');
    expect(as('name')).toBe('缓存/redis/0\nb\n');
  });
});

describe('ages', () => {
  it.each([
    [-5, '0 s'],
    [119_000, '119 s'],
    [360_000, '6 m'],
    [3 * 3_600_000, '3 h'],
    [100 * 3_600_000, '4 d'],
  ])('%d ms is %s', (ms, text) => expect(span(ms)).toBe(text));

  it('of nothing is -', () => {
    expect(ago(null, 0)).toBe('-');
    expect(ago('1970-01-01T00:00:00.000Z', 5_000)).toBe('5 s ago');
  });
});
