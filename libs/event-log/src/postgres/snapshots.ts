import type pg from 'pg';
import type { SnapshotKey, SnapshotStore } from '../port.ts';
import { checkChunk, checkKey } from '../snapshot-check.ts';
import {
  addChunk,
  beginSnapshot,
  completeSnapshot,
  newestSnapshot,
  pruneSnapshots,
  readChunk,
} from './sql/snapshot.ts';

/** Chunk by chunk, each its own transaction: a slow source holds no snapshot of the database back. */
export class PostgresSnapshots implements SnapshotStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async save(key: SnapshotKey, chunks: AsyncIterable<string> | Iterable<string>): Promise<void> {
    checkKey(key);
    const id = await beginSnapshot(this.#pool, key);
    let count = 0;
    for await (const chunk of chunks) {
      checkChunk(chunk);
      await addChunk(this.#pool, id, count, chunk);
      count += 1;
    }
    await completeSnapshot(this.#pool, id, count);
    await pruneSnapshots(this.#pool, key);
  }

  async newest(
    lineage: string,
    foldVersion: number,
    atMost: number,
  ): Promise<{ readonly key: SnapshotKey; readonly chunks: AsyncIterable<string> } | null> {
    const found = await newestSnapshot(this.#pool, lineage, foldVersion, atMost);
    if (found === null) return null;
    return { key: { lineage, foldVersion, position: found.position }, chunks: this.#chunks(found.id, found.chunks) };
  }

  async *#chunks(id: string, count: number): AsyncGenerator<string, void, undefined> {
    for (let number = 0; number < count; number++) yield await readChunk(this.#pool, id, number);
  }
}
