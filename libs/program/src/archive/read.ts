import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import { codeOf, messageOf } from '../fault.ts';
import { packageBytesMax, type RawEntry, unpackedBytesMax } from '../files/index.ts';
import { PackageRefused, packageProblem } from './refusal.ts';

export type ArchiveSource = Uint8Array | Readable;

/** On their way through: the fewer the less there is to do for each. */
export const chunkBytes = 256 * 1024;

export interface ArchiveRead {
  /** SHA-256 of the archive's bytes, in hex. */
  digest: string;
  /** Bytes of the archive. */
  size: number;
}

/** Takes one entry; what it does not read of `body` is skipped. */
export type OnEntry = (entry: RawEntry, body: AsyncIterable<Buffer>) => Promise<void>;

/**
 * Reads a `.tar.gz` entry by entry, in constant memory.
 *
 * @throws PackageRefused past 256 MiB, past 1 GiB unpacked, or where it is no whole gzip or tar; what `onEntry` throws
 */
export async function readArchive(source: ArchiveSource, onEntry: OnEntry): Promise<ArchiveRead> {
  const hash = createHash('sha256');
  const packed = gauge(packageBytesMax, 'is larger than 256 MiB', (chunk) => hash.update(chunk));
  const unpacked = gauge(unpackedBytesMax, 'unpacks to more than 1 GiB');
  const extract = tar.extract();
  const stream = source instanceof Readable ? source : Readable.from(chunksOf(source), { objectMode: false });
  const flowed = pipeline(stream, packed.stream, createGunzip({ chunkSize: chunkBytes }), unpacked.stream, extract);
  // The reason lies with whoever failed first: the pipeline where the bytes are bad, the loop where an entry is refused.
  const flow = flowed.then(
    () => null,
    (error: unknown) => error,
  );
  try {
    for await (const entry of extract) {
      const { name, type, mode, size, linkname } = entry.header;
      // For a type that tar-stream does not know it says null, whatever its own types say.
      const raw = {
        name,
        type: String(type),
        executable: (mode & 0o111) !== 0,
        size,
        target: linkname === '' ? null : linkname,
      };
      await onEntry(raw, bytesOf(entry));
      entry.resume();
    }
  } catch (error) {
    extract.destroy();
    const cause = (await flow) ?? error;
    throw packed.fault() ?? unpacked.fault() ?? refusalOf(error) ?? refusalOf(cause) ?? error;
  }
  const fault = await flow;
  if (fault !== null) throw packed.fault() ?? unpacked.fault() ?? refusalOf(fault) ?? fault;
  return { digest: hash.digest('hex'), size: packed.bytes() };
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function* bytesOf(body: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('an archive entry gave something other than bytes');
    yield chunk;
  }
}

function gauge(bytesMax: number, reason: string, onChunk: (chunk: Buffer) => void = () => {}) {
  let bytes = 0;
  let fault: PackageRefused | null = null;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        fault = new PackageRefused([packageProblem(reason, { allowed: `at most ${bytesMax} bytes` })]);
        return done(fault);
      }
      onChunk(chunk);
      done(null, chunk);
    },
  });
  return { stream, bytes: () => bytes, fault: () => fault };
}

const zlibCodes = new Set(['Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_STREAM_ERROR', 'Z_NEED_DICT', 'Z_MEM_ERROR']);
const tarMessages = ['Invalid tar header', 'Unexpected end of data', 'Header exceeds max size', 'Invalid header'];

/** What gzip and tar say of bad bytes, as a refusal; null: it is another fault (a disk, a bug). */
function refusalOf(error: unknown): PackageRefused | null {
  if (error instanceof PackageRefused) return error;
  const message = messageOf(error);
  if (zlibCodes.has(codeOf(error))) return new PackageRefused([packageProblem(`is no whole gzip file: ${message}`)]);
  const isTar = tarMessages.some((known) => message.startsWith(known));
  return isTar ? new PackageRefused([packageProblem(`is no whole tar archive: ${message}`)]) : null;
}
