import type pg from 'pg';

const text = `SELECT pg_notify($1::text, $2::text)`;

/** Tells every listener how far the log is. */
export const notify = async (pool: pg.Pool, channel: string, position: number): Promise<void> => {
  await pool.query(text, [channel, String(position)]);
};
