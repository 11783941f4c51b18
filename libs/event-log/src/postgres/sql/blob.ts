import type pg from 'pg';

/** Bytes of a chunk; all but the last have it. */
export const blobChunkBytes = 1024 * 1024;

const sizeText = `SELECT size FROM blob WHERE digest = $1::text`;

/** Null where there is no such blob. */
export const blobSize = async (client: pg.ClientBase | pg.Pool, digest: string): Promise<number | null> => {
  const { rows } = await client.query<{ readonly size: string }>(sizeText, [digest]);
  return rows[0] === undefined ? null : Number(rows[0].size);
};

const insertText = `INSERT INTO blob (digest, size) VALUES ($1::text, $2::bigint) ON CONFLICT DO NOTHING`;

/** False where it is there already; a concurrent writer of the same blob is waited for. */
export const insertBlob = async (client: pg.ClientBase, digest: string, size: number): Promise<boolean> => {
  const { rowCount } = await client.query(insertText, [digest, size]);
  return rowCount === 1;
};

const chunkText = `INSERT INTO blob_chunk (digest, number, bytes) VALUES ($1::text, $2::integer, $3::bytea)`;

export const insertBlobChunk = async (
  client: pg.ClientBase,
  digest: string,
  number: number,
  bytes: Buffer,
): Promise<void> => {
  await client.query(chunkText, [digest, number, bytes]);
};

/** The chunks are stored uncompressed and out of line, so a part of one is read without the rest. */
const pieceText = `
SELECT substring(bytes FROM greatest($2::bigint - number * ${blobChunkBytes}::bigint, 0)::integer + 1
                       FOR least($3::bigint - greatest($2::bigint, number * ${blobChunkBytes}::bigint), ${blobChunkBytes})::integer) AS piece
  FROM blob_chunk
 WHERE digest = $1::text
   AND number BETWEEN $2::bigint / ${blobChunkBytes} AND ($3::bigint - 1) / ${blobChunkBytes}
 ORDER BY number`;

/** The bytes from `start` up to, not including, `end`. */
export const readBlobPiece = async (pool: pg.Pool, digest: string, start: number, end: number): Promise<Uint8Array> => {
  const { rows } = await pool.query<{ readonly piece: Buffer }>(pieceText, [digest, start, end]);
  return Buffer.concat(rows.map(({ piece }) => piece));
};
