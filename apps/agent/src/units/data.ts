import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest } from '@yiqiu/program/manifest-types';
import { writeFileAtomically, type AgentPaths } from '../layout/index.ts';
import type { Account } from '../proc/index.ts';
import { makeInside } from './inside.ts';
import { readOwner, type HomeOwner } from './owner-file.ts';

/** In a data directory: hook `init` has made what is in it. */
export const dataMark = '.yiqiu-data';

/** The unit's data directories exist, with the declared mode, owned by its user. */
export const makeDataDirectories = (manifest: Manifest, home: string, account: Account): void => {
  for (const { path, mode } of manifest.data) makeInside(home, path, account, mode);
};

/** Page 03: hook `init` runs if a data directory is empty and so holds no mark of ours. */
export const needsInit = (manifest: Manifest, home: string): boolean =>
  manifest.data.some(({ path }) => readdirSync(join(home, path)).length === 0);

export const markData = (manifest: Manifest, home: string, owner: HomeOwner): void => {
  for (const { path } of manifest.data) {
    writeFileAtomically(join(home, path, dataMark), `${JSON.stringify(owner)}\n`, { mode: 0o644 });
  }
};

export interface Orphan {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Moves a unit's data out of its home to the orphans, each directory under its own path, and returns what lies there. Empty
 * ones hold no data and are left. May be repeated after an interruption. Throws where one cannot be moved (it is a mount).
 */
export const orphanData = async (
  paths: AgentPaths,
  manifest: Manifest,
  home: string,
  owner: HomeOwner,
): Promise<Orphan[]> => {
  const target = orphanDirectory(paths, owner);
  for (const { path } of manifest.data) {
    const from = join(home, path);
    if (!holdsData(from)) continue;
    const to = join(target, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileAtomically(join(target, '.owner'), `${JSON.stringify(owner)}\n`, { mode: 0o644 });
    renameSync(from, to);
  }
  const moved = manifest.data.map(({ path }) => join(target, path)).filter(existsSync);
  return Promise.all(moved.map(async (path) => ({ path, sizeBytes: await sizeOf(path) })));
};

export const removeHome = (home: string): void => rmSync(home, { recursive: true, force: true });

/** `<group>.<service>.<ordinal>.<incarnation>`, or with a number behind it where another unit of that name left one. */
const orphanDirectory = (paths: AgentPaths, owner: HomeOwner): string => {
  const first = paths.orphan(owner.unit, owner.incarnation);
  for (let n = 1; ; n += 1) {
    const directory = n === 1 ? first : `${first}.${n}`;
    if (!existsSync(directory) || readOwner(directory)?.unitUid === owner.unitUid) return directory;
  }
};

export const holdsData = (directory: string): boolean =>
  existsSync(directory) && readdirSync(directory).some((entry) => entry !== dataMark);

/** Bytes of all files below, links not followed. */
export const sizeOf = async (path: string): Promise<number> => {
  const stats = await lstat(path);
  if (!stats.isDirectory()) return stats.size;
  let bytes = 0;
  for await (const entry of await opendir(path)) bytes += await sizeOf(join(path, entry.name));
  return bytes;
};
