import { EntryTable, manifestPath, type PackageFiles, TextKeeper } from '../files/index.ts';
import { type Problem, problemsMax } from '../problem/index.ts';
import { type ArchiveRead, type ArchiveSource, readArchive } from './read.ts';
import { PackageRefused, packageProblem } from './refusal.ts';

export interface Inspected {
  /** null where the archive cannot be read to its end. */
  archive: ArchiveRead | null;
  files: PackageFiles;
  problems: Problem[];
}

/**
 * Reads an archive without writing anything: its entries, the text of manifest, README and templates, and everything
 * about it that is refused.
 */
export async function inspectArchive(source: ArchiveSource): Promise<Inspected> {
  const table = new EntryTable();
  const keeper = new TextKeeper();
  const problems: Problem[] = [];
  const files = { table, texts: keeper.texts };
  try {
    const archive = await readArchive(source, async (raw, body) => {
      const added = table.add(raw);
      if ('problem' in added) problems.push(added.problem);
      // An archive made to be refused is not read to its end.
      if (problems.length >= problemsMax)
        throw new PackageRefused([packageProblem('has more problems than are listed')]);
      if (!('entry' in added) || added.entry.type !== 'file') return;
      const wanted = keeper.wanted(added.entry.path);
      if (wanted !== null) keeper.keep(added.entry.path, await readUpTo(body, wanted));
    });
    return { archive, files, problems: [...problems, ...table.linkProblems(), ...missingManifest(files)] };
  } catch (error) {
    if (!(error instanceof PackageRefused)) throw error;
    return { archive: null, files, problems: [...problems, ...error.problems] };
  }
}

/** All of it, or null where it is longer. */
async function readUpTo(body: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
  }
  return bytes > bytesMax ? null : Buffer.concat(chunks);
}

/** `yiqiu.yaml` is a file at the root; the usual mistake is to pack the directory instead of what is in it. */
export function missingManifest({ table }: PackageFiles): Problem[] {
  const entry = table.entries.get(manifestPath);
  const problem = { file: manifestPath, line: 1, path: '' };
  if (entry !== undefined)
    return entry.type === 'file' ? [] : [{ ...problem, reason: `is a ${entry.type}, not a file` }];
  const elsewhere = [...table.entries.keys()].find((path) => /^[^/]+\/yiqiu\.yaml$/.test(path));
  const hint =
    elsewhere === undefined ? '' : `; it is at "${elsewhere}": pack what is in the directory, not the directory`;
  return [{ ...problem, reason: `is not at the archive's root${hint}` }];
}
