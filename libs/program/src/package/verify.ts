import {
  type ArchiveSource,
  inspectArchive,
  scanDirectory,
  type PackedArchive,
  packDirectory,
  PackageRefused,
} from '../archive/index.ts';
import type { Problem } from '../problem/index.ts';
import { type CheckedPackage, checkPackage, type PackageCheck } from './check.ts';

export interface VerifiedPackage extends CheckedPackage {
  /** SHA-256 of the archive, in hex. */
  digest: string;
  /** Bytes of the archive. */
  size: number;
}

export type PackageVerification = VerifiedPackage | { problems: Problem[] };

/**
 * Everything that push asks of an archive, short of whether the version exists already. The same bytes always give the
 * same answer. Time and memory are bounded by 256 MiB packed, 1 GiB unpacked, 16 MiB of text.
 */
export async function verifyPackage(archive: ArchiveSource): Promise<PackageVerification> {
  const inspected = await inspectArchive(archive);
  const checked = checkPackage(inspected.files, inspected.problems);
  if ('problems' in checked) return checked;
  if (inspected.archive === null) return { problems: inspected.problems };
  return { ...checked, ...inspected.archive };
}

/** The same of a directory that is not packed yet: `yiqiu program lint`. */
export async function lintDirectory(directory: string): Promise<PackageCheck> {
  const { files, problems } = await scanDirectory(directory);
  return checkPackage(files, problems);
}

export type PackResult = (CheckedPackage & PackedArchive) | { problems: Problem[] };

/** Checks a directory and packs it, the same bytes for the same input: `yiqiu program pack`. */
export async function pack(directory: string): Promise<PackResult> {
  const checked = await lintDirectory(directory);
  if ('problems' in checked) return checked;
  try {
    return { ...checked, ...(await packDirectory(directory)) };
  } catch (error) {
    if (!(error instanceof PackageRefused)) throw error;
    return { problems: [...error.problems] };
  }
}
