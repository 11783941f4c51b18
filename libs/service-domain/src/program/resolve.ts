import { parseProgramRef } from '@yiqiu/contracts';
import type { FieldProblem } from '@yiqiu/kernel';
import { compare, rcompare, satisfies, valid, validRange } from 'semver';
import type { ServiceState } from '../state.ts';
import type { ProgramRow } from './state.ts';
import { programRefOf } from './state.ts';

const choicesShown = 20;

/** Versions of a program, newest first. */
export const versionsOf = (state: ServiceState, name: string): ProgramRow[] =>
  [...(state.index.programsByName.get(name) ?? [])]
    .flatMap((uid) => state.programs.get(uid) ?? [])
    .sort((a, b) => rcompare(a.version, b.version));

export type Resolved =
  { readonly ok: true; readonly program: ProgramRow } | { readonly ok: false; readonly problem: FieldProblem };

/**
 * The version that a reference means: `redis@7.0.15` that one, `redis@^7.0` the highest pushed one in the range. With
 * `pinned`, a range keeps what it was pinned to while that fits: the same document means the same.
 */
export const resolveProgram = (
  state: ServiceState,
  text: string,
  field: string,
  pinned: ProgramRow | null,
): Resolved => {
  const no = (allowed: string | string[], message: string): Resolved => ({
    ok: false,
    problem: { field, value: text, allowed, message },
  });
  const ref = parseProgramRef(text);
  if (ref === null)
    return no('name@version or name@range, such as redis@7.0.15 or redis@^7.0', `${text} is no program`);
  const exact = valid(ref.version) === ref.version;
  if (!exact && validRange(ref.version) === null) {
    return no('a version such as 7.0.15 or a range such as ^7.0', `${ref.version} is neither a version nor a range`);
  }
  const versions = versionsOf(state, ref.name);
  if (versions.length === 0) {
    return no(programNames(state), `program ${ref.name} is not pushed; push it with: yiqiu program push DIR`);
  }
  const fits = (program: ProgramRow): boolean =>
    exact
      ? compare(program.version, ref.version) === 0 && program.version === ref.version
      : satisfies(program.version, ref.version);
  if (pinned !== null && pinned.name === ref.name && fits(pinned)) return { ok: true, program: pinned };
  const program = versions.find(fits);
  if (program !== undefined) return { ok: true, program };
  return no(
    versions.slice(0, choicesShown).map(programRefOf),
    `no pushed version of ${ref.name} is ${exact ? ref.version : `in ${ref.version}`}`,
  );
};

const programNames = (state: ServiceState): string[] =>
  [...state.index.programsByName.keys()].sort().slice(0, choicesShown);
