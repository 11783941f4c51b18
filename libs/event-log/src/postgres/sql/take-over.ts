import type pg from 'pg';
import type { Head } from '../../port.ts';
import { headColumns, headOf, type HeadRow } from './head.ts';

/**
 * Locks the head row, which waits for a running append, and raises the epoch, so that one which is still on its way is
 * fenced. RETURNING gives the row as it is under the lock.
 */
const text = `UPDATE head SET epoch = epoch + 1 RETURNING ${headColumns}`;

export const takeOver = async (client: pg.ClientBase): Promise<Head> => {
  const { rows } = await client.query<HeadRow>(text);
  return headOf(rows);
};
