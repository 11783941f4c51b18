import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDnsLabel } from '@yiqiu/kernel';
import { codeOf } from '../fault.ts';
import { starterFiles } from './starter.ts';

/**
 * Writes a starting package that lints clean and runs, into a directory that is absent or empty.
 *
 * @returns the paths written, relative to the directory
 * @throws where the name is no DNS label, the directory holds something, or it cannot be written
 */
export async function initDirectory(directory: string, name: string): Promise<string[]> {
  if (!isDnsLabel(name)) throw new Error(`"${name}" is no DNS label (a-z, 0-9 and "-", at most 63 characters)`);
  const present = await readdir(directory).catch((error: unknown): string[] => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  if (present.length > 0) throw new Error(`${directory} is not empty: it holds ${present.slice(0, 3).join(', ')}`);
  const files = starterFiles(name);
  for (const { path, text, executable } of files) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
    await chmod(file, executable ? 0o755 : 0o644);
  }
  return files.map(({ path }) => path);
}
