import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../proc/index.ts';
import { openPlainFile } from './plain-file.ts';

/** A process's output file larger than this is set aside; one is kept. */
export const logBytesMax = 10 * 1024 * 1024;

const copyBytes = 1024 * 1024;

/** What was set aside of a log: `path` is `<log>.<number>`, and the log goes on as the next number. */
export interface SetAside {
  readonly path: string;
  readonly number: number;
}

/** What was set aside of this log, the newest last; one, but for an agent killed while it set the next one aside. */
export const setAsideOf = (path: string): SetAside[] => {
  const directory = dirname(path);
  const prefix = `${basename(path)}.`;
  return namesIn(directory)
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d{0,8}$/.test(name.slice(prefix.length)))
    .map((name) => ({ path: join(directory, name), number: Number(name.slice(prefix.length)) }))
    .sort((a, b) => a.number - b.number);
};

/**
 * Bounds a log that another process appends to through a descriptor it keeps: copies it to `<path>.<number>`, the next one,
 * and empties it in place. What is written between the end of the copy and the truncation that follows at once is lost. True
 * where it did. Throws where something that is no plain file has its name.
 */
export const boundLog = (path: string, bytesMax = logBytesMax): boolean => {
  const file = openPlainFile(path, constants.O_RDWR);
  if (file === null) return false;
  try {
    if (fstatSync(file).size <= bytesMax) return false;
    const older = setAsideOf(path);
    const beside = join(dirname(path), `.${basename(path)}.new`);
    rmSync(beside, { force: true });
    copyTo(file, beside);
    renameSync(beside, `${path}.${(older.at(-1)?.number ?? 0) + 1}`);
    ftruncateSync(file, 0);
    for (const { path: old } of older) rmSync(old, { force: true });
    return true;
  } finally {
    closeSync(file);
  }
};

/** All that is there, and what comes meanwhile. */
const copyTo = (file: number, path: string): void => {
  // A leftover may be a link that a unit's user placed: `wx` follows none.
  const copy = openSync(path, 'wx', 0o640);
  try {
    const buffer = Buffer.alloc(copyBytes);
    for (let at = 0, bytes = 1; bytes > 0; at += bytes) {
      bytes = readSync(file, buffer, 0, buffer.length, at);
      for (let written = 0; written < bytes;) written += writeSync(copy, buffer, written, bytes - written);
    }
  } finally {
    closeSync(copy);
  }
};

const namesIn = (directory: string): string[] => {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
};
