import type { EnvelopeOf } from '../events.ts';
import { addTo } from '../indexes.ts';
import { textOf } from '../json-text.ts';
import type { ServiceState } from '../state.ts';
import { manifestView } from './manifest-view.ts';
import type { ProgramRow } from './state.ts';
import { programRefOf } from './state.ts';

export const indexProgram = (state: ServiceState, program: ProgramRow): void => {
  state.index.programByRef.set(programRefOf(program), program.uid);
  addTo(state.index.programsByName, program.name, program.uid);
  state.index.manifests.set(program.uid, manifestView.parse(JSON.parse(program.manifest)));
};

export const evolveProgramPushed = (state: ServiceState, { data, time }: EnvelopeOf<'ProgramPushed'>): void => {
  const program: ProgramRow = { ...data, pushedAt: time, manifest: textOf(data.manifest) };
  state.programs.set(program.uid, program);
  indexProgram(state, program);
};
