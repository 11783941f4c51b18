import { closeSync, existsSync, openSync, readSync, renameSync, fstatSync, statSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** A log larger than this is set aside (`.1`, one is kept) when its process starts again. */
const logBytesMax = 16 * 1024 * 1024;

/** Opens a log for appending, mode 0600, its directory made where missing. The caller closes the descriptor. */
export const openLog = (path: string): number => {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && statSync(path).size > logBytesMax) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
};

export const logSize = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

/** What was written after `offset`, at most the last `bytesMax` bytes of it. */
export const readLogFrom = (path: string, offset: number, bytesMax = 8 * 1024): string => {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const start = Math.max(Math.min(offset, size), size - bytesMax);
    const buffer = Buffer.alloc(size - start);
    const bytes = readSync(file, buffer, 0, buffer.length, start);
    return buffer.toString('utf8', 0, bytes).trim();
  } finally {
    closeSync(file);
  }
};
