import type { ProgramView } from '@yiqiu/contracts';
import { objectOf } from '../json-text.ts';
import type { ListOptions, Page } from '../paging.ts';
import { pageOf, passes } from '../paging.ts';
import type { ServiceState } from '../state.ts';
import { programOfRef } from '../state.ts';
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

/** Filters: `name`. */
export const listPrograms = (state: ServiceState, options: ListOptions): Page<ProgramView> =>
  pageOf(
    [...state.programs.values()].filter(({ name }) => passes(options.filters, 'name', name)),
    programRefOf,
    programViewOf,
    options,
  );
