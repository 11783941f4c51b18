import type pg from 'pg';
import type { Head } from '../../port.ts';
import { headColumns, headOf, type HeadRow } from './head.ts';

/** The epoch is raised too, so that no writer of the old history goes on. */
const text = `UPDATE head SET lineage = gen_random_uuid(), epoch = epoch + 1 RETURNING ${headColumns}`;

/** Declares the log another history: after a restore from a backup or a lossy fail-over, before anything writes again. */
export const newLineage = async (pool: pg.Pool): Promise<Head> => {
  const { rows } = await pool.query<HeadRow>(text);
  return headOf(rows);
};
