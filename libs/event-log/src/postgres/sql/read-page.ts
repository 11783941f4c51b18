import type pg from 'pg';
import type { ReadOptions } from '../../port.ts';

/** The conditions, each with the value it compares to; only those that are asked for stand in the statement. */
const conditions = (from: number, { backwards, stream, types, sinceMs, untilMs }: ReadOptions): [string, unknown][] => {
  const all: [string, unknown][] = [
    [backwards === true ? 'position <= ?::bigint' : 'position >= ?::bigint', from],
    ['stream = ?::text', stream],
    ['type = ANY (?::text[])', types],
    ['time_ms >= ?::bigint', sinceMs],
    ['time_ms < ?::bigint', untilMs],
  ];
  return all.filter(([, value]) => value !== undefined);
};

/** `head` is of the same snapshot as the rows, so that a page that ends before it has lost rows. */
const statement = (where: string, order: 'ASC' | 'DESC', limit: string): string => `
SELECT position, body, (SELECT position FROM head) AS head
  FROM event
 WHERE ${where}
 ORDER BY position ${order}
 LIMIT ${limit}`;

export interface Page {
  readonly rows: readonly { readonly position: number; readonly body: string }[];
  /** Where the log ended when the page was read; null where the page is empty. */
  readonly head: number | null;
}

/** At most `limit` events from `from` inclusive, in the direction and through the filter of the options. */
export const readPage = async (pool: pg.Pool, from: number, limit: number, options: ReadOptions): Promise<Page> => {
  const chosen = conditions(from, options);
  const where = chosen.map(([condition], index) => condition.replace('?', `$${index + 1}`)).join(' AND ');
  const { rows } = await pool.query<[string, string, string]>({
    text: statement(where, options.backwards === true ? 'DESC' : 'ASC', `$${chosen.length + 1}`),
    values: [...chosen.map(([, value]) => value), limit],
    rowMode: 'array',
  });
  return {
    rows: rows.map(([position, body]) => ({ position: Number(position), body })),
    head: rows[0] === undefined ? null : Number(rows[0][2]),
  };
};
