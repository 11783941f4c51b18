import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, link, lstat, mkdir, open, readdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { codeOf } from '../fault.ts';
import { EntryTable, manifestPath, type PackageEntry } from '../files/index.ts';
import { type ArchiveRead, type ArchiveSource, chunkBytes, readArchive } from './read.ts';
import { PackageRefused, packageProblem } from './refusal.ts';

export interface UnpackOptions {
  /** SHA-256 in hex that the archive must have; another one is refused and nothing is left behind. */
  digest?: string;
}

/**
 * Unpacks a package into a directory that does not exist yet: into a sibling first, which is synced to disk and renamed when
 * it is whole. What comes out is read-only: files 0444, with a run bit 0555, directories 0555. Everything that push refuses
 * about an archive is refused here again, with nothing left behind.
 *
 * @param source the archive, or its path
 * @throws PackageRefused for the archive; the file system's own error where it cannot be written or `target` exists
 */
export async function unpack(
  source: ArchiveSource | string,
  target: string,
  options: UnpackOptions = {},
): Promise<ArchiveRead> {
  const directory = resolve(target);
  const parent = dirname(directory);
  await mkdir(parent, { recursive: true });
  await refuseExisting(directory);
  const work = join(parent, `.${basename(directory)}.${process.pid}.${randomBytes(6).toString('hex')}`);
  await mkdir(work, { mode: 0o700 });
  try {
    const stream = typeof source === 'string' ? createReadStream(source, { highWaterMark: chunkBytes }) : source;
    const read = await fill(work, stream);
    if (options.digest !== undefined && options.digest !== read.digest) {
      throw new PackageRefused([packageProblem('has another digest', { value: read.digest, allowed: options.digest })]);
    }
    await seal(work);
    await rename(work, directory);
    await sync(parent);
    return read;
  } catch (error) {
    await removeUnpacked(work);
    throw error;
  }
}

/** Removes what `unpack` made, for a user who is not root as well: read-only directories are opened first. Absent is fine. */
export async function removeUnpacked(directory: string): Promise<void> {
  const open = async (path: string): Promise<void> => {
    await chmod(path, 0o700);
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries) if (entry.isDirectory()) await open(join(path, entry.name));
  };
  const stats = await lstat(directory).catch(absent);
  if (stats?.isDirectory() === true) await open(directory);
  await rm(directory, { recursive: true, force: true });
}

function absent(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

async function refuseExisting(directory: string): Promise<void> {
  if ((await lstat(directory).catch(absent)) !== null) throw new Error(`${directory} exists already`);
}

async function fill(work: string, source: Uint8Array | Readable): Promise<ArchiveRead> {
  const table = new EntryTable();
  const read = await readArchive(source, async (raw, body) => {
    const added = table.add(raw);
    if ('problem' in added) throw new PackageRefused([added.problem]);
    if ('entry' in added) await write(work, added.entry, body);
  });
  const problems = table.linkProblems();
  if (problems.length > 0) throw new PackageRefused(problems);
  if (table.entries.get(manifestPath)?.type !== 'file') {
    throw new PackageRefused([packageProblem(`has no ${manifestPath} at its root`)]);
  }
  // Links come last: until all are known to stay inside, there is none that anything could be written through.
  for (const entry of table.entries.values()) {
    if (entry.type === 'symlink') await symlink(entry.target ?? '', join(work, entry.path));
  }
  return read;
}

async function write(work: string, entry: PackageEntry, body: AsyncIterable<Buffer>): Promise<void> {
  const path = join(work, entry.path);
  if (entry.type === 'directory') {
    await mkdir(path, { recursive: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  if (entry.type === 'link') await link(join(work, entry.target ?? ''), path);
  if (entry.type !== 'file') return;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of body) await file.writeFile(chunk);
    await file.chmod(entry.executable ? 0o555 : 0o444);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Read-only from the deepest directory up, and on disk. */
async function seal(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await seal(join(directory, entry.name));
  }
  await chmod(directory, 0o555);
  await sync(directory);
}

async function sync(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
