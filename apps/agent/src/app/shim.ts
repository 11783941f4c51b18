import { constants, copyFileSync, linkSync, mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically, type AgentPaths } from '../layout/index.ts';
import { errorCode, passageTo } from '../proc/index.ts';

/**
 * `yiqiu-agent` as hooks find it in PATH: this node with this script. Written at each start, so that it follows the agent's
 * own upgrades. Where either lies below a directory that not everybody may pass, both are brought to the agent's own, which
 * every unit's user reaches.
 */
export const writeShim = (paths: AgentPaths, node: string, script: string): void => {
  mkdirSync(paths.bin, { recursive: true });
  const isOpen = [node, script].every((path) => passageTo(path, anybody) === null);
  const program = isOpen ? node : bring(node, join(paths.bin, 'node'));
  const code = isOpen ? script : bring(script, join(paths.bin, 'yiqiu-agent.mjs'));
  const text = `#!/bin/sh\nexec ${quote(program)} ${quote(code)} "$@"\n`;
  writeFileAtomically(join(paths.bin, 'yiqiu-agent'), text, { mode: 0o755 });
};

/** Nobody's, whose rights are those of others. */
const anybody = { uid: 65_534, gid: 65_534 };

/** The same file under another name; a copy where that is on another filesystem. Left alone where it is there already. */
const bring = (from: string, to: string): string => {
  const [wanted, there] = [statSync(from), statSync(to, { throwIfNoEntry: false })];
  const isSame =
    there !== undefined &&
    ((there.ino === wanted.ino && there.dev === wanted.dev) ||
      (there.size === wanted.size && Math.trunc(there.mtimeMs) === Math.trunc(wanted.mtimeMs)));
  if (isSame) return to;
  const beside = `${to}.new`;
  rmSync(beside, { force: true });
  try {
    linkSync(from, beside);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK'].includes(errorCode(error) ?? '')) throw error;
    copyFileSync(from, beside, constants.COPYFILE_FICLONE);
    utimesSync(beside, wanted.atime, wanted.mtime);
  }
  renameSync(beside, to);
  return to;
};

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
