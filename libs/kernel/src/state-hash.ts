import { canonicalJson } from './canonical.ts';
import { bytesToHex, sha256, utf8ToBytes } from './sha256.ts';
import type { Tables } from './tables.ts';

const modulus = 1n << 256n;

/**
 * Order-independent hash of a context's state: the sum modulo 2^256 of SHA-256 over the canonical bytes of every
 * aggregate, each prefixed by its table and key. Indexes are not in {@link Tables}, so they do not count.
 */
export const stateHash = (tables: Tables): string => {
  let sum = 0n;
  for (const [table, rows] of Object.entries(tables)) {
    for (const [key, row] of rows) {
      const digest = sha256(utf8ToBytes(`${table}\n${key}\n${canonicalJson(row)}`));
      sum = (sum + BigInt(`0x${bytesToHex(digest)}`)) % modulus;
    }
  }
  return sum.toString(16).padStart(64, '0');
};
