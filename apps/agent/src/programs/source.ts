/** Where archives come from: the link. */
export interface ArchiveSource {
  /** One piece from `offset` on; `size` is that of the whole, bytes. */
  fetch(digest: string, offset: number): Promise<{ readonly bytes: Uint8Array; readonly size: number }>;
}

export interface WantedProgram {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the archive, hex. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Ed25519 by the platform's key, base64. */
  readonly signature: string;
}
