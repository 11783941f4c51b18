import type { GroupServiceDocument, ServiceSpec, UpdatePolicy } from '@yiqiu/contracts';
import type { FieldProblem } from '@yiqiu/kernel';
import type { ManifestView } from '../program/manifest-view.ts';
import type { ProgramRow } from '../program/state.ts';

export interface MergedSpec {
  readonly spec: ServiceSpec;
  /** What of it the program does not know. */
  problems(field: string): FieldProblem[];
}

/** The document's values over the service's present ones, over the defaults. */
export const specOf = (
  wanted: GroupServiceDocument,
  present: ServiceSpec | null,
  program: ProgramRow,
  manifest: ManifestView,
): MergedSpec => {
  const { uid, name, version, digest } = program;
  const spec: ServiceSpec = {
    program: { uid, name, version, digest },
    package: wanted.package,
    pools: wanted.pools,
    ports: wanted.ports ?? present?.ports ?? {},
    placement: {
      spread: wanted.placement?.spread ?? present?.placement.spread ?? ['machine'],
      labels: wanted.placement?.labels ?? present?.placement.labels ?? {},
    },
    update: updateOf(wanted.update, present?.update ?? null, manifest),
  };
  return { spec, problems: (field) => portProblems(spec, manifest, field) };
};

const portProblems = (spec: ServiceSpec, manifest: ManifestView, field: string): FieldProblem[] => {
  const names = manifest.ports.map(({ name }) => name);
  return Object.entries(spec.ports)
    .filter(([name]) => !names.includes(name))
    .map(([name, pin]) => ({
      field: `${field}.ports.${name}`,
      value: pin,
      allowed: names,
      message: `${spec.program.name}@${spec.program.version} has no port ${name}`,
    }));
};

const updateOf = (
  wanted: GroupServiceDocument['update'],
  present: UpdatePolicy | null,
  { update }: ManifestView,
): UpdatePolicy => {
  const base = present ?? { canary: update.canary, maxParallel: update.maxParallel, ...floorOf(update.minHealthy) };
  const policy = {
    ...base,
    canary: wanted?.canary ?? base.canary,
    maxParallel: wanted?.maxParallel ?? base.maxParallel,
  };
  if (wanted?.minHealthy === undefined) return policy;
  return { canary: policy.canary, maxParallel: policy.maxParallel, ...floorOf(readFloor(wanted.minHealthy)) };
};

type Floor = ManifestView['update']['minHealthy'];

/** `3` units or `50%`. */
const readFloor = (text: number | string): Floor =>
  typeof text === 'number' ? { kind: 'units', units: text } : { kind: 'percent', percent: Number.parseInt(text, 10) };

const floorOf = (floor: Floor): Pick<UpdatePolicy, 'minHealthyPercent' | 'minHealthyUnits'> =>
  floor.kind === 'percent'
    ? { minHealthyPercent: floor.percent }
    : { minHealthyPercent: 0, minHealthyUnits: floor.units };
