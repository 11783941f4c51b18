import { checkBlob, checkPiece } from '../blob-check.ts';
import type { BlobStore } from '../port.ts';

export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, Uint8Array>();

  async put(digest: string, bytes: Uint8Array): Promise<void> {
    checkBlob(digest, bytes);
    this.#blobs.set(digest, Uint8Array.from(bytes));
  }

  async read(
    digest: string,
    offset: number,
    length: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly size: number } | null> {
    checkPiece(offset, length);
    const blob = this.#blobs.get(digest);
    return blob === undefined ? null : { bytes: blob.slice(offset, offset + length), size: blob.length };
  }
}
