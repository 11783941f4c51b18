import { manifestPath, type PackageFiles, readmePath } from '../files/index.ts';
import { hookNames, isHookName, type Manifest, parseManifest } from '../manifest/index.ts';
import { didYouMean, type Problem, problemsMax } from '../problem/index.ts';

export interface CheckedPackage {
  manifest: Manifest;
  /** Not refused, but probably not meant. */
  warnings: Problem[];
  /** README.md, shown in the catalogue. */
  readme: string | null;
}

export type PackageCheck = CheckedPackage | { problems: Problem[] };

/** Manifest and files together, after `found`: what was already wrong with the archive or directory. */
export function checkPackage(files: PackageFiles, found: readonly Problem[]): PackageCheck {
  const text = files.texts.get(manifestPath);
  const unreadable: Problem = {
    file: manifestPath,
    line: 1,
    path: '',
    reason: 'is no UTF-8 text, or longer than 128 KiB',
  };
  const missing = text === undefined;
  if (missing || text === null) return { problems: bounded([...found, ...(missing ? [] : [unreadable])]) };
  const parsed = parseManifest(text, files);
  if ('problems' in parsed || found.length > 0) {
    return { problems: bounded([...found, ...('problems' in parsed ? parsed.problems : [])]) };
  }
  return {
    manifest: parsed.manifest,
    warnings: [...parsed.warnings, ...strayHooks(files)],
    readme: files.texts.get(readmePath) ?? null,
  };
}

const bounded = (problems: readonly Problem[]): Problem[] => problems.slice(0, problemsMax);

/** An executable under hooks/ whose name is nearly a hook's: `hooks/config-change`. */
function strayHooks({ table }: PackageFiles): Problem[] {
  return [...table.entries.values()].flatMap((entry): Problem[] => {
    const name = /^hooks\/([^/]+)$/.exec(entry.path)?.[1];
    if (name === undefined || isHookName(name) || entry.type === 'directory' || !entry.executable) return [];
    const near = didYouMean(name, hookNames);
    return near === '' ? [] : [{ file: entry.path, line: 1, path: '', reason: `is no hook, and never run${near}` }];
  });
}
