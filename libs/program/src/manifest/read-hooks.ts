import { type PackageEntry, type PackageFiles } from '../files/index.ts';
import type { Cursor } from './cursor.ts';
import { type HookName, hookNames } from './names.ts';
import { readUser } from './reading.ts';
import type { Reading } from './reading.ts';
import type { HookSettings, Manifest } from './types.ts';

const dayMs = 86_400_000;

/** The hooks that exist, with the settings of `hooks:` where there are any: 60 s, no retries, the program's user. */
export function readHooks(cursor: Cursor | undefined, user: string, reading: Reading): Manifest['hooks'] {
  const fields = cursor?.fields({ known: hookNames });
  const hooks: Manifest['hooks'] = {};
  for (const name of hookNames) {
    const settings = readSettings(fields?.get(name), user);
    const file = hookFile(name, reading);
    if (file !== null) hooks[name] = settings;
    else fields?.get(name)?.warn(`has settings, and the package has no ${hookPath(name)}`);
  }
  return hooks;
}

function readSettings(cursor: Cursor | undefined, user: string): HookSettings {
  const fields = cursor?.fields({ known: ['timeout', 'retries', 'user', 'onDeadline'] });
  return {
    timeoutMs: fields?.get('timeout')?.duration(1_000, dayMs) ?? 60_000,
    retries: fields?.get('retries')?.integer(0, 100) ?? 0,
    user: readUser(fields?.get('user')) ?? user,
    onDeadline: fields?.get('onDeadline')?.word(['fail', 'hold']) ?? 'fail',
  };
}

export function hookPath(name: HookName): string {
  return `hooks/${name}`;
}

function hookFile(name: HookName, { source, files }: Reading): PackageEntry | null {
  const path = hookPath(name);
  const file = files.table.fileAt(path);
  const problem = { file: path, line: 1, path: '' };
  if (file === null) {
    if (isThere(path, files)) source.add({ ...problem, reason: 'is no file, and leads to none' });
    return null;
  }
  if (!file.executable) {
    source.add({ ...problem, reason: `is a hook without a run bit (chmod +x ${path})` });
    return null;
  }
  return file;
}

function isThere(path: string, { table }: PackageFiles): boolean {
  return table.entries.has(path) || [...table.entries.keys()].some((other) => other.startsWith(`${path}/`));
}
