import { closeSync, constants, fstatSync, readFileSync, readSync } from 'node:fs';
import { errorCode } from '../proc/index.ts';
import { openPlainFile } from './plain-file.ts';

/** The file's text, or null where there is none. */
export const readIfThere = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
};

export interface Tail {
  readonly text: string;
  /** There was more before. */
  readonly truncated: boolean;
}

/** The last `bytesMax` bytes from `offset` on; empty where there is no file. What is no UTF-8 becomes U+FFFD. Throws where it is no plain file. */
export const readTail = (path: string, bytesMax: number, offset = 0): Tail => {
  const file = openPlainFile(path, constants.O_RDONLY);
  if (file === null) return { text: '', truncated: false };
  try {
    const { size } = fstatSync(file);
    // Truncated meanwhile: what there is, is new.
    const from = offset > size ? 0 : offset;
    const start = Math.max(from, size - bytesMax);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const bytes = readSync(file, buffer, 0, buffer.length, start);
    return { text: buffer.toString('utf8', 0, bytes), truncated: start > from };
  } finally {
    closeSync(file);
  }
};

/** The last characters that fit into `bytesMax` bytes of UTF-8. */
export const lastBytes = (text: string, bytesMax: number): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let start = bytes.length - bytesMax;
  // Not in the middle of a character: continuation bytes are 10xxxxxx.
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.toString('utf8', start);
};
