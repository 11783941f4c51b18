import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { errorCode } from '../proc/index.ts';

const { O_NOFOLLOW, O_NONBLOCK } = constants;

/** An output file is nothing else: its directory is the unit user's, and what that user lays there the agent, as root, would open. */
export class NotPlainFileError extends Error {
  override readonly name = 'NotPlainFileError';
  constructor(path: string) {
    super(`${path} is no plain file: a link, a pipe or a device was put in its place`);
  }
}

/**
 * Opens a plain file and nothing else: no link is followed, no pipe is waited for. Null where there is none. Throws
 * {@link NotPlainFileError} where something else has its name. The caller closes it.
 */
export const openPlainFile = (path: string, flags: number, mode?: number): number | null => {
  let file: number;
  try {
    file = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, mode);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP' || code === 'ENXIO' || code === 'EISDIR') throw new NotPlainFileError(path);
    throw error;
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new NotPlainFileError(path);
};
