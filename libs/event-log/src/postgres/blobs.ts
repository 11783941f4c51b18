import type pg from 'pg';
import { checkBlob, checkPiece } from '../blob-check.ts';
import type { BlobStore } from '../port.ts';
import { blobChunkBytes, blobSize, insertBlob, insertBlobChunk, readBlobPiece } from './sql/blob.ts';

export class PostgresBlobs implements BlobStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async put(digest: string, bytes: Uint8Array): Promise<void> {
    checkBlob(digest, bytes);
    if ((await blobSize(this.#pool, digest)) !== null) return;
    const client = await this.#pool.connect();
    let broken = true;
    try {
      await client.query('BEGIN');
      if (await insertBlob(client, digest, bytes.length)) await this.#insertChunks(client, digest, bytes);
      await client.query('COMMIT');
      broken = false;
    } finally {
      // A connection in a failed transaction is dropped, which rolls it back.
      client.release(broken);
    }
  }

  async read(
    digest: string,
    offset: number,
    length: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly size: number } | null> {
    checkPiece(offset, length);
    const size = await blobSize(this.#pool, digest);
    if (size === null) return null;
    const end = Math.min(size, offset + length);
    if (offset >= end) return { bytes: new Uint8Array(), size };
    const bytes = await readBlobPiece(this.#pool, digest, offset, end);
    if (bytes.length !== end - offset) throw new Error(`blob ${digest} lacks bytes between ${offset} and ${end}`);
    return { bytes, size };
  }

  async #insertChunks(client: pg.ClientBase, digest: string, bytes: Uint8Array): Promise<void> {
    for (let number = 0; number * blobChunkBytes < bytes.length; number++) {
      const start = number * blobChunkBytes;
      const chunk = bytes.subarray(start, start + blobChunkBytes);
      await insertBlobChunk(client, digest, number, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    }
  }
}
