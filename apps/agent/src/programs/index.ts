export { ProgramCache, unusedProgramsKeptMax } from './cache.ts';
export type { ArchiveSource, WantedProgram } from './source.ts';
