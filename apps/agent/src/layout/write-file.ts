import { closeSync, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface FileSettings {
  /** Permission bits. */
  readonly mode: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Whether it is to be there after a power failure. Default true. */
  readonly sync?: boolean;
}

/** Where a file is while it is written; what is found there was left by an agent that was killed meanwhile. */
export const besideOf = (path: string): string => join(dirname(path), `.${basename(path)}.new`);

/** Writes beside, renames: a reader sees the old file or the new one, never half of one. */
export const writeFileAtomically = (
  path: string,
  content: string,
  { mode, owner, sync = true }: FileSettings,
): void => {
  const beside = besideOf(path);
  // A leftover may be a link that a unit's user placed: it goes, and `wx` follows none.
  rmSync(beside, { force: true });
  const file = openSync(beside, 'wx', 0o600);
  try {
    writeAll(file, Buffer.from(content));
    fchmodSync(file, mode);
    if (owner !== undefined) fchownSync(file, owner.uid, owner.gid);
    if (sync) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
};

const writeAll = (file: number, bytes: Buffer): void => {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
};
