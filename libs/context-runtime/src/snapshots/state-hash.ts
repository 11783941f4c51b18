import { bytesToHex, canonicalJson, type Json, type Tables } from '@yiqiu/kernel';
import { hash } from 'node:crypto';

const modulus = 1n << 256n;
/** Rows between two looks at the clock of others. */
const sliceRows = 500;

const rowDigest = (table: string, key: string, row: Json): bigint =>
  BigInt(`0x${bytesToHex(hash('sha256', `${table}\n${key}\n${canonicalJson(row)}`, 'buffer'))}`);

/**
 * Kernel's `stateHash` in slices: calls `between` after each 500 rows and stops, answering null, where that says that the
 * state has moved on.
 */
export const slicedStateHash = async (tables: Tables, between: () => Promise<boolean>): Promise<string | null> => {
  let sum = 0n;
  let rows = 0;
  for (const [table, entries] of Object.entries(tables)) {
    for (const [key, row] of entries) {
      sum += rowDigest(table, key, row);
      rows += 1;
      if (rows % sliceRows === 0 && !(await between())) return null;
    }
  }
  return (sum % modulus).toString(16).padStart(64, '0');
};
