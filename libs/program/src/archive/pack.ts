import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import tar from 'tar-stream';
import { type PackageEntry, packageBytesMax } from '../files/index.ts';
import { scanDirectory } from './directory.ts';
import { PackageRefused, packageProblem } from './refusal.ts';

export interface PackedArchive {
  archive: Buffer;
  /** SHA-256 of `archive`, in hex. */
  digest: string;
  /** Bytes of `archive`. */
  size: number;
}

/** Where gzip's header says on which system it was made, and what stands for "unknown" there (RFC 1952). */
const gzipSystemByte = 9;
const gzipSystemUnknown = 255;

/**
 * Packs what is in a directory (without `.git`) as a `.tar.gz` of which every byte follows from paths, contents and run
 * bits: entries sorted, no times, no owners, modes 0755 and 0644.
 *
 * @throws PackageRefused for what cannot be in an archive, or past 256 MiB; the manifest is not looked at
 */
export async function packDirectory(directory: string): Promise<PackedArchive> {
  const { files, problems } = await scanDirectory(directory);
  if (problems.length > 0) throw new PackageRefused(problems);
  const pack = tar.pack();
  const chunks: Buffer[] = [];
  let size = 0;
  const collect = new Writable({
    write(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      chunks.push(chunk);
      const tooLarge = packageProblem('is larger than 256 MiB', { allowed: `at most ${packageBytesMax} bytes` });
      done(size > packageBytesMax ? new PackageRefused([tooLarge]) : null);
    },
  });
  const written = pipeline(pack, createGzip({ level: 9 }), collect);
  const filled = fill(pack, directory, [...files.table.entries.values()]).catch((error: unknown) => {
    pack.destroy();
    throw error;
  });
  const [first, second] = await Promise.allSettled([filled, written]);
  if (second.status === 'rejected' && second.reason instanceof PackageRefused) throw second.reason;
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  const archive = Buffer.concat(chunks);
  archive[gzipSystemByte] = gzipSystemUnknown;
  return { archive, digest: createHash('sha256').update(archive).digest('hex'), size: archive.length };
}

async function fill(pack: tar.Pack, directory: string, entries: readonly PackageEntry[]): Promise<void> {
  for (const entry of entries) await addEntry(pack, directory, entry);
  pack.finalize();
}

const epoch = new Date(0);

async function addEntry(pack: tar.Pack, directory: string, entry: PackageEntry): Promise<void> {
  const mode = entry.type !== 'file' || entry.executable ? 0o755 : 0o644;
  const size = entry.type === 'file' ? entry.size : 0;
  const link = entry.target === null ? {} : { linkname: entry.target };
  const header = { name: entry.path, type: entry.type, mode, size, mtime: epoch, ...link };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sink = pack.entry(header, (error) => (error == null ? resolve() : reject(error)));
  if (size > 0) await pipeline(createReadStream(join(directory, entry.path), { end: size - 1 }), sink);
  else if (entry.type === 'file') sink.end(null);
  await promise;
}
