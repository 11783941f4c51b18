import { hash } from 'node:crypto';
import { blobBytesMax, blobReadBytesMax } from './limits.ts';

/** Throws RangeError where the bytes are too many or are not what the digest says. */
export const checkBlob = (digest: string, bytes: Uint8Array): void => {
  if (bytes.length > blobBytesMax)
    throw new RangeError(`blob of ${bytes.length} bytes, at most ${blobBytesMax} are allowed`);
  const actual = hash('sha256', bytes, 'hex');
  if (actual !== digest) throw new RangeError(`blob ${digest} has the SHA-256 ${actual}`);
};

/** Throws RangeError on a piece that cannot be meant. */
export const checkPiece = (offset: number, length: number): void => {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError(`offset ${offset} is not a place in a blob`);
  if (!Number.isSafeInteger(length) || length < 0 || length > blobReadBytesMax) {
    throw new RangeError(`length ${length}, 0 to ${blobReadBytesMax} bytes are read at a time`);
  }
};
