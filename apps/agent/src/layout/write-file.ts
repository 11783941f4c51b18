import { closeSync, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface FileSettings {
  /** Permission bits. */
  readonly mode: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Writes beside, syncs, renames: a reader sees the old file or the new one, never half of one. */
export const writeFileAtomically = (path: string, content: string, { mode, owner }: FileSettings): void => {
  const beside = join(dirname(path), `.${basename(path)}.new`);
  // A leftover may be a link that a unit's user placed: it goes, and `wx` follows none.
  rmSync(beside, { force: true });
  const file = openSync(beside, 'wx', 0o600);
  try {
    writeAll(file, Buffer.from(content));
    fchmodSync(file, mode);
    if (owner !== undefined) fchownSync(file, owner.uid, owner.gid);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
};

const writeAll = (file: number, bytes: Buffer): void => {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
};
