/** Program packages: manifest, templates, archives, config. The agent's parts are also to be had alone, see package.json. */
export type { UnitContext } from '@yiqiu/contracts';
export * from './archive/index.ts';
export * from './config/index.ts';
export {
  entryProblem,
  EntryTable,
  packageBytesMax,
  type PackageEntry,
  type PackageFiles,
  unpackedBytesMax,
} from './files/index.ts';
export type { JsonObject, JsonValue } from './json.ts';
export * from './manifest/index.ts';
export * from './package/index.ts';
export * from './problem/index.ts';
export * from './signature/index.ts';
export * from './template/index.ts';
