import type { ProgramView } from '@yiqiu/contracts';
import type { JsonText } from '../json-text.ts';
import { objectOf } from '../json-text.ts';
import type { ListOptions, Page } from '../paging.ts';
import { pageOf, passes } from '../paging.ts';
import type { ServiceState } from '../state.ts';
import { must, programOfRef } from '../state.ts';
import type { ProgramRow } from './state.ts';
import { programRefOf } from './state.ts';

export const programViewOf = ({ name, version, digest, sizeBytes, pushedAt, manifest }: ProgramRow): ProgramView => ({
  name,
  version,
  digest,
  size: sizeBytes,
  pushedAt,
  manifest: objectOf(manifest),
});

export const getProgram = (state: ServiceState, name: string, version: string): ProgramView | null => {
  const program = programOfRef(state, programRefOf({ name, version }));
  return program === null ? null : programViewOf(program);
};

/** The whole manifest of a program in the state, as it was stored. Throws where there is none. */
export const programManifest = (state: ServiceState, programUid: string): JsonText =>
  must(state.programs.get(programUid), `program ${programUid}`).manifest;

/** Filters: `name`. */
export const listPrograms = (state: ServiceState, options: ListOptions): Page<ProgramView> =>
  pageOf(
    [...state.programs.values()].filter(({ name }) => passes(options.filters, 'name', name)),
    programRefOf,
    programViewOf,
    options,
  );
