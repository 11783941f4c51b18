export { scanDirectory, type ScannedDirectory } from './directory.ts';
export { inspectArchive, type Inspected } from './inspect.ts';
export { packDirectory, type PackedArchive } from './pack.ts';
export type { ArchiveRead, ArchiveSource } from './read.ts';
export { PackageRefused, packageProblem } from './refusal.ts';
export { removeUnpacked, unpack, type UnpackOptions } from './unpack.ts';
