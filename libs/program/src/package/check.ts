import { manifestPath, type PackageFiles, readmePath } from '../files/index.ts';
import { type HookName, hookNames, isHookName, type Manifest, parseManifest } from '../manifest/index.ts';
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
    warnings: warningsOf(parsed.manifest, files),
    readme: files.texts.get(readmePath) ?? null,
  };
}

const bounded = (problems: readonly Problem[]): Problem[] => problems.slice(0, problemsMax);

function warningsOf(manifest: Manifest, files: PackageFiles): Problem[] {
  return [...strayHooks(files), ...missingCommands(manifest, files)];
}

/** An executable under hooks/ whose name is nearly a hook's: `hooks/config-change`. */
function strayHooks({ table }: PackageFiles): Problem[] {
  const hooks: readonly HookName[] = hookNames;
  return [...table.entries.values()].flatMap((entry): Problem[] => {
    const name = /^hooks\/([^/]+)$/.exec(entry.path)?.[1];
    if (name === undefined || isHookName(name) || entry.type === 'directory' || !entry.executable) return [];
    const near = didYouMean(name, hooks);
    return near === '' ? [] : [{ file: entry.path, line: 1, path: '', reason: `is no hook, and never run${near}` }];
  });
}

/** `{{program.home}}/bin/ping` where the package has no bin/ping that can be run. */
function missingCommands(manifest: Manifest, { table }: PackageFiles): Problem[] {
  const { process, health, leader } = manifest;
  const probe = (check: { kind: string; exec?: readonly string[] } | undefined) => check?.exec;
  const commands: [string, readonly string[] | undefined][] = [
    ['process.command', process?.command],
    ['health.ready.exec', probe(health.ready?.check)],
    ['health.alive.exec', probe(health.alive?.check)],
    ['health.role.exec', health.role?.exec],
    ['leader.eligible.exec', leader.kind === 'platform' ? leader.eligible.exec : undefined],
  ];
  return commands.flatMap(([path, argv]): Problem[] => {
    const file = /^\{\{\{?~?\s*program\.home\s*~?\}?\}\}\/([^{}]+)$/.exec(argv?.[0] ?? '')?.[1];
    if (file === undefined) return [];
    const entry = table.fileAt(file);
    if (entry?.executable === true) return [];
    const reason =
      entry === null ? `runs "${file}", which the package does not have` : `runs "${file}", which has no run bit`;
    return [{ file: manifestPath, line: 1, path, reason, value: argv?.[0] ?? '' }];
  });
}
