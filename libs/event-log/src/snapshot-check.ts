import { isStorable } from './check.ts';
import { snapshotChunkLengthMax } from './limits.ts';
import type { SnapshotKey } from './port.ts';

/** Throws RangeError on a key that names no position of a log. */
export const checkKey = ({ lineage, position, foldVersion }: SnapshotKey): void => {
  if (!Number.isSafeInteger(position) || position < 0)
    throw new RangeError(`snapshot position ${position} is not a position`);
  if (!Number.isSafeInteger(foldVersion) || foldVersion < 0)
    throw new RangeError(`fold version ${foldVersion} is not a version`);
  if (!/^[0-9a-f-]{36}$/.test(lineage)) throw new RangeError(`lineage ${JSON.stringify(lineage)} is not a uuid`);
};

/** Throws RangeError on a chunk that is too long or would not come back as it is. */
export const checkChunk = (chunk: string): void => {
  if (chunk.length > snapshotChunkLengthMax) {
    throw new RangeError(
      `a snapshot chunk has ${chunk.length} characters, at most ${snapshotChunkLengthMax} are allowed`,
    );
  }
  if (!isStorable(chunk)) throw new RangeError('a snapshot chunk holds NUL or a lone surrogate; JSON text does not');
};
