export {
  type AddedEntry,
  entryProblem,
  EntryTable,
  type EntryType,
  type PackageEntry,
  type RawEntry,
} from './entries.ts';
export * from './limits.ts';
export { type PackageFiles } from './package-files.ts';
export { checkRelativePath } from './path.ts';
export { TextKeeper } from './text-keeper.ts';
