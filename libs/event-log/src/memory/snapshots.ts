import { snapshotsKept } from '../limits.ts';
import type { SnapshotKey, SnapshotStore } from '../port.ts';
import { checkChunk, checkKey } from '../snapshot-check.ts';

interface Snapshot {
  readonly key: SnapshotKey;
  readonly chunks: readonly string[];
}

export class MemorySnapshots implements SnapshotStore {
  #kept: readonly Snapshot[] = [];

  async save(key: SnapshotKey, chunks: AsyncIterable<string> | Iterable<string>): Promise<void> {
    checkKey(key);
    const copy: string[] = [];
    for await (const chunk of chunks) {
      checkChunk(chunk);
      copy.push(chunk);
    }
    const others = this.#kept.filter(({ key: other }) => !isSame(other, key) && isStillUseful(other, key));
    const ranked = [{ key, chunks: copy }, ...others].sort((a, b) => b.key.position - a.key.position);
    const perVersion = new Map<number, number>();
    this.#kept = ranked.filter(({ key: { foldVersion } }) => {
      const rank = (perVersion.get(foldVersion) ?? 0) + 1;
      perVersion.set(foldVersion, rank);
      return rank <= snapshotsKept;
    });
  }

  async newest(
    lineage: string,
    foldVersion: number,
    atMost: number,
  ): Promise<{ readonly key: SnapshotKey; readonly chunks: AsyncIterable<string> } | null> {
    const found = this.#kept.find(
      ({ key }) => key.lineage === lineage && key.foldVersion === foldVersion && key.position <= atMost,
    );
    return found === undefined ? null : { key: found.key, chunks: iterate(found.chunks) };
  }
}

async function* iterate(chunks: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* chunks;
}

const isSame = (a: SnapshotKey, b: SnapshotKey): boolean =>
  a.lineage === b.lineage && a.position === b.position && a.foldVersion === b.foldVersion;

/** Another lineage is another history; the fold version before is what a roll-back needs. */
const isStillUseful = (old: SnapshotKey, saved: SnapshotKey): boolean =>
  old.lineage === saved.lineage && Math.abs(old.foldVersion - saved.foldVersion) <= 1;
