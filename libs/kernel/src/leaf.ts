import { sha256, utf8ToBytes } from './sha256.ts';

const leafPrefix = Uint8Array.of(0);

/** Leaf hash of a stored event: SHA-256(0x00 ‖ bytes), RFC 6962 §2.1. It stands beside the bytes, never inside them. */
export const leafHash = (body: string): Uint8Array =>
  sha256.create().update(leafPrefix).update(utf8ToBytes(body)).digest();
