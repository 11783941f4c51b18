import type pg from 'pg';
import { snapshotsKept } from '../../limits.ts';
import type { SnapshotKey } from '../../port.ts';

const beginText = `
INSERT INTO snapshot (lineage, position, fold_version)
VALUES ($1::uuid, $2::bigint, $3::bigint)
RETURNING id`;

/** A snapshot that is not complete yet; gives its id. */
export const beginSnapshot = async (
  pool: pg.Pool,
  { lineage, position, foldVersion }: SnapshotKey,
): Promise<string> => {
  const { rows } = await pool.query<{ readonly id: string }>(beginText, [lineage, position, foldVersion]);
  const [row] = rows;
  if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
  return row.id;
};

const chunkText = `INSERT INTO snapshot_chunk (snapshot_id, number, body) VALUES ($1::uuid, $2::integer, $3::text)`;

export const addChunk = async (pool: pg.Pool, id: string, number: number, body: string): Promise<void> => {
  await pool.query(chunkText, [id, number, body]);
};

const completeText = `UPDATE snapshot SET chunks = $2::integer WHERE id = $1::uuid`;

export const completeSnapshot = async (pool: pg.Pool, id: string, chunks: number): Promise<void> => {
  const { rowCount } = await pool.query(completeText, [id, chunks]);
  if (rowCount !== 1) throw new Error(`snapshot ${id} is gone before it was complete`);
};

/**
 * Keeps the newest of this lineage, per fold version and down to the version before, which is what a roll-back needs; one
 * per position, and those that are being written. What was begun an hour ago and is not complete never will be.
 */
const pruneText = `
DELETE FROM snapshot
 WHERE id NOT IN (
         SELECT id
           FROM (SELECT id, dense_rank() OVER (PARTITION BY fold_version ORDER BY position DESC) AS age,
                        row_number() OVER (PARTITION BY fold_version, position ORDER BY begun DESC, id) AS copy
                   FROM snapshot
                  WHERE chunks IS NOT NULL AND lineage = $1::uuid AND abs(fold_version - $2::bigint) <= 1) AS ranked
          WHERE age <= ${snapshotsKept} AND copy = 1)
   AND (chunks IS NOT NULL OR begun < clock_timestamp() - interval '1 hour')`;

export const pruneSnapshots = async (pool: pg.Pool, { lineage, foldVersion }: SnapshotKey): Promise<void> => {
  await pool.query(pruneText, [lineage, foldVersion]);
};

const newestText = `
SELECT id, position, chunks
  FROM snapshot
 WHERE chunks IS NOT NULL AND lineage = $1::uuid AND fold_version = $2::bigint AND position <= $3::bigint
 ORDER BY position DESC, begun DESC
 LIMIT 1`;

export interface FoundSnapshot {
  readonly id: string;
  readonly position: number;
  readonly chunks: number;
}

export const newestSnapshot = async (
  pool: pg.Pool,
  lineage: string,
  foldVersion: number,
  atMost: number,
): Promise<FoundSnapshot | null> => {
  const { rows } = await pool.query<{ readonly id: string; readonly position: string; readonly chunks: number }>(
    newestText,
    [lineage, foldVersion, Math.min(atMost, Number.MAX_SAFE_INTEGER)],
  );
  const [row] = rows;
  return row === undefined ? null : { id: row.id, position: Number(row.position), chunks: row.chunks };
};

const readChunkText = `SELECT body FROM snapshot_chunk WHERE snapshot_id = $1::uuid AND number = $2::integer`;

/** Throws where the chunk is gone: two newer snapshots have been completed meanwhile, or somebody deleted it. */
export const readChunk = async (pool: pg.Pool, id: string, number: number): Promise<string> => {
  const { rows } = await pool.query<{ readonly body: string }>(readChunkText, [id, number]);
  const [row] = rows;
  if (row === undefined) throw new Error(`chunk ${number} of snapshot ${id} is gone`);
  return row.body;
};
