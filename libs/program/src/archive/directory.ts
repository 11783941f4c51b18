import { readlink, lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stats } from 'node:fs';
import { EntryTable, type PackageFiles, TextKeeper, unpackedBytesMax } from '../files/index.ts';
import { type Problem, problemsMax } from '../problem/index.ts';
import { missingManifest } from './inspect.ts';
import { packageProblem } from './refusal.ts';

/** Never packed: the version control of whoever writes the package. */
const leftOut = new Set(['.git']);

export interface ScannedDirectory {
  files: PackageFiles;
  problems: Problem[];
}

/** What an archive of this directory would hold, by the rules for archives; sorted by path, byte by byte. */
export async function scanDirectory(directory: string): Promise<ScannedDirectory> {
  const table = new EntryTable();
  const keeper = new TextKeeper();
  const problems: Problem[] = [];
  let bytes = 0;
  const walk = async (below: string): Promise<void> => {
    const names = await readdir(join(directory, below));
    for (const name of names.filter((candidate) => !leftOut.has(candidate)).sort(byBytes)) {
      if (problems.length >= problemsMax) return;
      const path = below === '' ? name : `${below}/${name}`;
      const file = join(directory, path);
      const stats = await lstat(file);
      const type = typeOf(stats);
      const target = type === 'symlink' ? await readlink(file) : null;
      const added = table.add({ name: path, type, executable: (stats.mode & 0o111) !== 0, size: stats.size, target });
      if ('problem' in added) problems.push(added.problem);
      if (!('entry' in added)) continue;
      if (type === 'directory') await walk(path);
      if (type !== 'file') continue;
      bytes += stats.size;
      const wanted = keeper.wanted(path);
      if (wanted !== null) keeper.keep(path, stats.size > wanted ? null : await readFile(file));
    }
  };
  await walk('');
  const files = { table, texts: keeper.texts };
  const tooLarge = bytes > unpackedBytesMax ? [packageProblem('is larger than 1 GiB unpacked', { value: bytes })] : [];
  return { files, problems: [...problems, ...tooLarge, ...table.linkProblems(), ...missingManifest(files)] };
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** In the words of tar-stream, which the entry table knows. */
function typeOf(stats: Stats): string {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  return stats.isBlockDevice() ? 'block-device' : 'character-device';
}
