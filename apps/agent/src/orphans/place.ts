import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { DataCommand } from '@yiqiu/contracts';
import type { AgentPaths } from '../layout/index.ts';
import { readOwner } from '../units/owner-file.ts';

/** Where a piece of orphaned data lies: `base`, of one unit, and in it the data directory by its path in the unit's home. */
export interface OrphanPlace {
  readonly base: string;
  readonly path: string;
  readonly dataPath: string;
}

/** Throws where `path` is not data that is kept here for the unit that the command names. */
export const orphanPlace = (paths: AgentPaths, { path, unit, unitUid, incarnation }: DataCommand): OrphanPlace => {
  const [name = '', ...rest] = relative(paths.orphans, path).split(sep);
  if (name === '' || name === '..' || rest.length === 0 || rest.includes('..') || join(path) !== path) {
    throw new Error(`${path} is not below the orphans of this machine, ${paths.orphans}`);
  }
  const base = join(paths.orphans, name);
  const place = { base, path, dataPath: join(...rest) };
  if (!existsSync(base)) return place;
  const owner = readOwner(base);
  // One directory keeps the data of a unit; what an older incarnation left there, a newer one may have added to.
  if (owner === null || owner.unitUid !== unitUid || owner.incarnation > incarnation) {
    const whose = owner === null ? 'nobody' : `${owner.unit} (unit ${owner.unitUid}, incarnation ${owner.incarnation})`;
    throw new Error(`${base} is kept for ${whose}, not for ${unit} (unit ${unitUid}, incarnation ${incarnation})`);
  }
  refuseLinks(base, rest);
  return place;
};

const refuseLinks = (base: string, parts: readonly string[]): void => {
  let at = base;
  for (const part of ['', ...parts]) {
    at = join(at, part);
    const there = lstatSync(at, { throwIfNoEntry: false });
    if (there === undefined) return;
    if (!there.isDirectory()) throw new Error(`${at} is no directory`);
  }
};

/** Goes up from the data as far as nothing is left, the base with its owner file included. */
export const clearAway = ({ base, path }: OrphanPlace): void => {
  if (!existsSync(base)) return;
  for (let at = dirname(path); at !== base && isEmpty(at); at = dirname(at)) rmdirSync(at);
  if (readdirSync(base).some((entry) => entry !== '.owner')) return;
  rmSync(join(base, '.owner'), { force: true });
  rmdirSync(base);
};

const isEmpty = (directory: string): boolean => existsSync(directory) && readdirSync(directory).length === 0;
