import type pg from 'pg';

/** Both in one snapshot: where the log says it ends, and the first event there is from a position on. */
const text = `
SELECT (SELECT position FROM head) AS head,
       (SELECT min(position) FROM event WHERE position >= $1::bigint) AS next`;

interface Row {
  readonly head: string;
  readonly next: string | null;
}

export interface EndOfLog {
  readonly head: number;
  readonly next: number | null;
}

export const endOfLog = async (pool: pg.Pool, from: number): Promise<EndOfLog> => {
  const { rows } = await pool.query<Row>(text, [from]);
  const [row] = rows;
  if (row === undefined) throw new Error('a SELECT of one row gave none');
  return { head: Number(row.head), next: row.next === null ? null : Number(row.next) };
};
