import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A directory above the agent's root that a unit's user may not pass, and how to get it there all the same. */
export interface Passage {
  /** The first such directory. */
  readonly closed: string;
  /** The agent's root. */
  readonly root: string;
}

interface Passer {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The first directory above `root` that the account may not pass by its permission bits, or null. Supplementary groups and
 * access lists do not count: who may pass by them is led through another door, which does no harm.
 */
export const passageTo = (root: string, account: Passer): Passage | null => {
  const closed = account.uid === 0 ? undefined : above(root).find((directory) => !mayPass(directory, account));
  return closed === undefined ? null : { closed, root };
};

/** `/`, then each directory down to the one that holds `path`. */
export const above = (path: string): string[] => {
  const parent = dirname(path);
  return parent === path ? [] : [...above(parent), parent];
};

const mayPass = (directory: string, { uid, gid }: Passer): boolean => {
  const stats = statSync(directory);
  const bit = stats.uid === uid ? 0o100 : stats.gid === gid ? 0o010 : 0o001;
  return (stats.mode & bit) !== 0;
};

/**
 * In a mount namespace of its own, an empty directory that anybody may pass lies over the closed one, with nothing in it but
 * the way to the agent's root, which is the real one: handed over as an open directory. Everything else below the closed
 * directory is not there. $1: the root, $2: the closed directory, the rest: the command.
 */
const script = `
root=$1
closed=$2
shift 2
at=$(pwd -P)
exec 9<"$root" &&
mount -t tmpfs -o mode=0755,size=1m yiqiu "$closed" &&
mkdir -p "$root" &&
mount --no-canonicalize --bind /proc/self/fd/9 "$root" &&
cd "$at" &&
exec "$@" 9<&-
exit 126
`;

/** What goes before a command, run as root, so that it reaches the agent's root whoever it becomes. Pid and group stay. */
export const through = ({ closed, root }: Passage): string[] => [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  '--',
  '/bin/sh',
  '-c',
  script,
  'sh',
  root,
  closed,
];
