import { serviceNameOf } from '@yiqiu/contracts';
import type { GroupDocument, GroupServiceDocument, ServiceSpec } from '@yiqiu/contracts';
import type { DomainError, FieldProblem, Json } from '@yiqiu/kernel';
import type { JsonMap } from '../json-text.ts';
import { objectOf, sameJson } from '../json-text.ts';
import type { ManifestView } from '../program/manifest-view.ts';
import { resolveProgram } from '../program/resolve.ts';
import type { ProgramRow } from '../program/state.ts';
import { specOf } from '../service/spec.ts';
import type { ServiceRow } from '../service/state.ts';
import { configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { groupNamed, manifestOf, serviceNamed, servicesOf } from '../state.ts';
import { relationChanges } from '../relation/apply.ts';
import type { RelationChanges } from '../relation/apply.ts';
import { resolveRelations } from '../relation/resolve.ts';
import type { DocumentView } from './document-view.ts';
import { documentOf } from './document-view.ts';
import { groupDestroying, groupDocumentInvalid, serviceRemoving } from './errors.ts';
import type { GroupRow } from './state.ts';

/** A value of the document that is not applied, since a person changed it since the last apply. */
export interface Kept {
  readonly what: string;
  readonly from: Json;
  readonly to: Json;
}

/** What the document wants of one service, against what is. */
export interface WantedService {
  /** `cache/redis` */
  readonly name: string;
  readonly current: ServiceRow | null;
  readonly program: ProgramRow;
  readonly manifest: ManifestView;
  readonly spec: ServiceSpec;
  readonly desired: number;
  /** Config values as they will be, without defaults: to be checked against the program's schema. */
  readonly values: JsonMap;
  /** The document's path to this service, for messages. */
  readonly field: string;
  readonly kept: readonly Kept[];
}

export interface WantedGroup {
  readonly name: string;
  readonly current: GroupRow | null;
  readonly services: readonly WantedService[];
  /** Vanished from the document, and `prune` was said. */
  readonly removed: readonly ServiceRow[];
  readonly relations: RelationChanges;
}

export interface ApplyOptions {
  readonly prune: boolean;
  readonly take: boolean;
}

export type ResolvedGroup =
  { readonly ok: true; readonly group: WantedGroup } | { readonly ok: false; readonly error: DomainError };

/**
 * What a group document means as of now: programs pinned, named values merged over those that are. The shell reads it to
 * check the config values by the programs' schemas, `applyGroup` decides by it.
 * Refuses: group-document-invalid, group-destroying, service-removing.
 */
export const resolveGroup = (state: ServiceState, document: GroupDocument, options: ApplyOptions): ResolvedGroup => {
  const current = groupNamed(state, document.name);
  if (current?.destroying) return { ok: false, error: groupDestroying(document.name) };
  const problems: FieldProblem[] = virtualProblems(state, document);
  const before = current === null ? null : documentOf(current.document);
  const services: WantedService[] = [];
  for (const [short, wanted] of Object.entries(document.services)) {
    const existing = serviceNamed(state, serviceNameOf(document.name, short));
    if (existing?.removing) return { ok: false, error: serviceRemoving(existing.name) };
    const service = wantedService(state, { group: document.name, short, wanted, existing, before, take: options.take });
    if ('problems' in service) problems.push(...service.problems);
    else services.push(service);
  }
  const manifests = new Map(services.map(({ name, manifest }) => [name, manifest]));
  const { relations: wanted, problems: unrelated } = resolveRelations(state, document, manifests);
  problems.push(...unrelated);
  if (problems.length > 0) return { ok: false, error: groupDocumentInvalid(problems) };
  const removed = options.prune && current !== null ? vanished(state, current, document) : [];
  const relations = relationChanges(state, document, current, wanted, options.prune);
  return { ok: true, group: { name: document.name, current, services, removed, relations } };
};

const vanished = (state: ServiceState, group: GroupRow, document: GroupDocument): ServiceRow[] =>
  servicesOf(state, group.uid)
    .filter(({ name, removing }) => !removing && !Object.hasOwn(document.services, name.slice(group.name.length + 1)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** A name is that of a service of ours, or of one outside. */
const virtualProblems = (state: ServiceState, document: GroupDocument): FieldProblem[] =>
  Object.keys(document.virtual).flatMap((short): FieldProblem[] => {
    const taken =
      Object.hasOwn(document.services, short) || serviceNamed(state, serviceNameOf(document.name, short)) !== null;
    return taken
      ? [
          {
            field: `virtual.${short}`,
            value: short,
            allowed: 'a name that no service has',
            message: 'is a service too',
          },
        ]
      : [];
  });

interface Naming {
  readonly group: string;
  readonly short: string;
  readonly wanted: GroupServiceDocument;
  readonly existing: ServiceRow | null;
  readonly before: DocumentView | null;
  readonly take: boolean;
}

const wantedService = (
  state: ServiceState,
  { group, short, wanted, existing, before, take }: Naming,
): WantedService | { readonly problems: readonly FieldProblem[] } => {
  const field = `services.${short}`;
  const last = before?.services[short] ?? null;
  const pinned =
    existing !== null && last?.program === wanted.program
      ? (state.programs.get(existing.spec.program.uid) ?? null)
      : null;
  const resolved = resolveProgram(state, wanted.program, `${field}.program`, pinned);
  if (!resolved.ok) return { problems: [resolved.problem] };
  const { program } = resolved;
  const manifest = manifestOf(state, program.uid);
  const spec = specOf(wanted, existing?.spec ?? null, program, manifest);
  const problems = [...spec.problems(field), ...heldBack(state, existing, spec.spec, field, wanted)];
  if (problems.length > 0) return { problems };
  const kept: Kept[] = [];
  const desired = unitsOf(wanted.units, existing, take, kept);
  const values = valuesOf(wanted.config ?? {}, existing, take, kept);
  const name = serviceNameOf(group, short);
  return { name, current: existing, program, manifest, spec: spec.spec, desired, values, field, kept };
};

const unitsOf = (named: number | undefined, existing: ServiceRow | null, take: boolean, kept: Kept[]): number => {
  if (existing === null) return named ?? 1;
  if (named === undefined || named === existing.desired) return existing.desired;
  if (!existing.touched.units || take) return named;
  kept.push({ what: 'units', from: existing.desired, to: named });
  return existing.desired;
};

/** Null puts a key back to its default. */
const valuesOf = (named: JsonMap, existing: ServiceRow | null, take: boolean, kept: Kept[]): JsonMap => {
  const values = existing === null ? {} : objectOf(configOf(existing).values);
  for (const [key, value] of Object.entries(named)) {
    if (sameJson(values[key], value)) continue;
    if (existing?.touched.config.includes(key) && !take) {
      kept.push({ what: `config.${key}`, from: values[key] ?? null, to: value });
    } else if (value === null) delete values[key];
    else values[key] = value;
  }
  return values;
};

/** Changes of a running service that need the roll-out of a later issue: refused, not ignored. */
const heldBack = (
  state: ServiceState,
  existing: ServiceRow | null,
  spec: ServiceSpec,
  field: string,
  wanted: GroupServiceDocument,
): FieldProblem[] => {
  if (existing === null || (state.index.unitsOfService.get(existing.uid)?.size ?? 0) === 0) return [];
  const { program, package: size } = existing.spec;
  const problems: FieldProblem[] = [];
  const not = (key: string, value: Json, allowed: Json): void => {
    const message = `changing it under running units is not supported yet`;
    problems.push({ field: `${field}.${key}`, value, allowed, message });
  };
  if (spec.program.name !== program.name) not('program', wanted.program, `a version of ${program.name}`);
  if (spec.package !== size) not('package', spec.package, size);
  if (!sameJson(spec.ports, existing.spec.ports)) not('ports', spec.ports, existing.spec.ports);
  return problems;
};
