import type pg from 'pg';

/** By the index on `at_ms`, oldest first, so that a batch costs what it deletes and not what the table holds. */
const text = `
DELETE FROM command
 WHERE id IN (SELECT id
                FROM command
               WHERE at_ms < $1::bigint
               ORDER BY at_ms
               LIMIT $2::integer)`;

/** Gives how many rows went. */
export const pruneCommands = async (pool: pg.Pool, beforeMs: number, rowsMax: number): Promise<number> => {
  const { rowCount } = await pool.query({ name: 'prune-commands', text, values: [beforeMs, rowsMax] });
  return rowCount ?? 0;
};
