import { copyFileSync, statSync, truncateSync } from 'node:fs';
import { errorCode } from '../proc/index.ts';

/** A process's output file larger than this is set aside as `.1`; one is kept. */
export const logBytesMax = 10 * 1024 * 1024;

/**
 * Bounds a log that another process appends to through a descriptor it keeps: copies it to `.1` and empties it in place.
 * Lines written between copy and truncation are lost. True where it did.
 */
export const boundLog = (path: string, bytesMax = logBytesMax): boolean => {
  let size: number;
  try {
    size = statSync(path).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  if (size <= bytesMax) return false;
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
  return true;
};
