/** Unpacking an archive safely: for the agent. Pulls tar-stream and nothing else. */
export { PackageRefused } from './archive/refusal.ts';
export type { ArchiveRead, ArchiveSource } from './archive/read.ts';
export { removeUnpacked, unpack, type UnpackOptions } from './archive/unpack.ts';
