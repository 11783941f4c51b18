// A small file system in memory that can be filled and emptied again. It needs root.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MiB = 2 ** 20;

export class SmallDisk {
  #ballast;

  /** What lies at `path` comes to lie on a disk of `sizeMiB`; nobody may use it meanwhile. */
  constructor(path, sizeMiB) {
    this.path = path;
    this.sizeMiB = sizeMiB;
    this.#ballast = join(path, 'ballast');
    const made = `${path}.made`;
    renameSync(path, made);
    mkdirSync(path, { mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=0700`, 'tmpfs', path]);
    execFileSync('cp', ['-a', `${made}/.`, path]);
    rmSync(made, { recursive: true });
  }

  freeMiB() {
    const { bavail, bsize } = statfsSync(this.path);
    return (bavail * bsize) / MiB;
  }

  /** Takes all room that there is. */
  fill() {
    const file = openSync(this.#ballast, 'a');
    try {
      for (const bytes of [MiB, 4_096]) fillBy(file, Buffer.alloc(bytes));
    } finally {
      closeSync(file);
    }
  }

  empty() {
    rmSync(this.#ballast, { force: true });
  }

  close() {
    execFileSync('umount', [this.path]);
  }
}

const fillBy = (file, chunk) => {
  try {
    while (writeSync(file, chunk) === chunk.length);
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  }
};
