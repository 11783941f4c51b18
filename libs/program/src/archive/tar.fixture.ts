import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';

export type TarEntry = Partial<tar.Header> & { name: string; text?: string };

/** An archive of exactly these entries, however wrong they are. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { text = '', ...header } of entries) {
    if (header.type === undefined || header.type === 'file') pack.entry(header, text);
    else pack.entry({ ...header, size: 0 });
  }
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) {
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  }
  return gzipSync(Buffer.concat(chunks));
}

/** The smallest manifest that is accepted. */
export const smallManifest = 'apiVersion: yiqiu/v1\nname: small\nversion: 1.0.0\nsummary: Nothing much\n';

/** Runs with a fresh directory that is removed afterwards, read-only parts included (tests run as root or not). */
export async function inTempDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'yiqiu-program-'));
  try {
    return await work(directory);
  } finally {
    const { removeUnpacked } = await import('./unpack.ts');
    await removeUnpacked(directory);
    await rm(directory, { recursive: true, force: true });
  }
}
