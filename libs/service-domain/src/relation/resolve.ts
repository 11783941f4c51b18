import { parseEndpoint, serviceNameOf } from '@yiqiu/contracts';
import type { GroupDocument } from '@yiqiu/contracts';
import type { FieldProblem } from '@yiqiu/kernel';
import type { ManifestView } from '../program/manifest-view.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf, serviceNamed } from '../state.ts';
import { relationsOfRequirer } from './index-relation.ts';
import type { RelationRow } from './state.ts';

/** A side of a wanted relation, by name: its service may be about to exist. */
export interface WantedSide {
  /** `cache/redis` */
  readonly service: string;
  readonly endpoint: string;
}

export interface WantedRelation {
  readonly requirer: WantedSide;
  readonly provider: WantedSide & { readonly virtual: boolean };
  readonly interface: string;
  /** The document's path to it, for messages. */
  readonly field: string;
}

export interface ResolvedRelations {
  readonly relations: readonly WantedRelation[];
  readonly problems: readonly FieldProblem[];
}

/** What a document's services are made of, by full name. */
export type Manifests = ReadonlyMap<string, ManifestView>;

/**
 * The document's relations: `from` requires, `to` provides, in this group by `service:endpoint`, in another by
 * `group/service:endpoint`. Both endpoints exist, their interfaces are the same, limits are kept, nothing requires itself in
 * a circle.
 */
export const resolveRelations = (
  state: ServiceState,
  document: GroupDocument,
  manifests: Manifests,
): ResolvedRelations => {
  const problems: FieldProblem[] = [];
  const relations: WantedRelation[] = [];
  for (const [index, { from, to }] of document.relations.entries()) {
    const field = `relations[${index}]`;
    const wanted = wantedRelation(state, document, manifests, { from, to, field });
    if ('problem' in wanted) problems.push(wanted.problem);
    else relations.push(wanted);
  }
  problems.push(...limitProblems(state, manifests, relations), ...circleProblems(state, relations));
  return { relations, problems };
};

interface Pair {
  readonly from: string;
  readonly to: string;
  readonly field: string;
}

const wantedRelation = (
  state: ServiceState,
  document: GroupDocument,
  manifests: Manifests,
  { from, to, field }: Pair,
): WantedRelation | { readonly problem: FieldProblem } => {
  const requirer = sideOf(document.name, from);
  const provider = sideOf(document.name, to);
  const form = 'service:endpoint, or group/service:endpoint';
  if (requirer === null) return bad(`${field}.from`, from, form, 'is no endpoint');
  if (provider === null) return bad(`${field}.to`, to, form, 'is no endpoint');
  if (!requirer.service.startsWith(`${document.name}/`))
    return bad(`${field}.from`, from, `a service of ${document.name}`, 'the requirer belongs to another group');
  const asks = manifestNamed(state, manifests, requirer.service);
  if (asks === null)
    return bad(`${field}.from`, from, [...manifests.keys()], `there is no service ${requirer.service}`);
  const required = asks.requires.find(({ name }) => name === requirer.endpoint);
  if (required === undefined) {
    const names = asks.requires.map(({ name }) => name);
    return bad(`${field}.from`, from, names, `${requirer.service} requires no ${requirer.endpoint}`);
  }
  const offered = providesOf(state, document, manifests, provider.service);
  if (offered === null)
    return bad(`${field}.to`, to, 'a service that exists', `there is no service ${provider.service}`);
  const provided = offered.provides.find(({ name }) => name === provider.endpoint);
  if (provided === undefined) {
    const names = offered.provides.map(({ name }) => name);
    return bad(`${field}.to`, to, names, `${provider.service} provides no ${provider.endpoint}`);
  }
  if (provided.interface !== required.interface) {
    const message = `${from} speaks ${required.interface}, ${to} speaks ${provided.interface}`;
    return bad(field, `${from} -> ${to}`, `both of one interface`, message);
  }
  return { requirer, provider: { ...provider, virtual: offered.virtual }, interface: required.interface, field };
};

const bad = (
  field: string,
  value: string,
  allowed: string | string[],
  message: string,
): { readonly problem: FieldProblem } => ({ problem: { field, value, allowed, message } });

const sideOf = (group: string, text: string): WantedSide | null => {
  const parsed = parseEndpoint(text);
  if (parsed === null) return null;
  const { service, endpoint } = parsed;
  return { service: service.includes('/') ? service : serviceNameOf(group, service), endpoint };
};

const manifestNamed = (state: ServiceState, manifests: Manifests, name: string): ManifestView | null => {
  const wanted = manifests.get(name);
  if (wanted !== undefined) return wanted;
  const service = serviceNamed(state, name);
  return service === null || service.removing ? null : manifestOf(state, service.spec.program.uid);
};

type Offered = { readonly virtual: boolean; readonly provides: readonly { name: string; interface: string }[] };

const providesOf = (
  state: ServiceState,
  document: GroupDocument,
  manifests: Manifests,
  name: string,
): Offered | null => {
  const manifest = manifestNamed(state, manifests, name);
  if (manifest !== null) return { virtual: false, provides: manifest.provides };
  const [group, short = ''] = name.split('/');
  const named = group === document.name ? document.virtual[short] : undefined;
  if (named !== undefined) return { virtual: true, provides: named.provides };
  const virtual = state.virtuals.get(state.index.virtualByName.get(name) ?? '');
  return virtual === undefined ? null : { virtual: true, provides: virtual.provides };
};

const keyOf = ({ requirer, provider }: Pick<WantedRelation, 'requirer' | 'provider'>): string =>
  `${requirer.service}:${requirer.endpoint} ${provider.service}:${provider.endpoint}`;

/** The same relation, by the names of its sides. */
export const isSameRelation = (row: RelationRow, wanted: WantedRelation): boolean => keyOf(row) === keyOf(wanted);

const limitProblems = (
  state: ServiceState,
  manifests: Manifests,
  relations: readonly WantedRelation[],
): FieldProblem[] => {
  const problems: FieldProblem[] = [];
  const seen = new Map<string, Set<string>>();
  for (const wanted of relations) {
    const { requirer, field } = wanted;
    const side = `${requirer.service}:${requirer.endpoint}`;
    const service = serviceNamed(state, requirer.service);
    const known = seen.get(side) ?? new Set(service === null ? [] : relationsAt(state, service.uid, requirer.endpoint));
    known.add(keyOf(wanted));
    seen.set(side, known);
    const required = manifestNamed(state, manifests, requirer.service)?.requires.find(
      ({ name }) => name === requirer.endpoint,
    );
    const limit = required?.limit ?? null;
    if (limit !== null && known.size > limit) {
      const message = `${side} takes ${limit} relation${limit === 1 ? '' : 's'} at most`;
      problems.push({ field, value: known.size, allowed: `at most ${limit}`, message });
    }
  }
  return problems;
};

const relationsAt = (state: ServiceState, serviceUid: string, endpoint: string): string[] =>
  relationsOfRequirer(state, serviceUid)
    .filter(({ requirer }) => requirer.endpoint === endpoint)
    .map(keyOf);

/** Who requires whom, directly or through others, must not lead back to where it began. */
const circleProblems = (state: ServiceState, relations: readonly WantedRelation[]): FieldProblem[] => {
  const providers = new Map<string, Set<string>>();
  const add = (from: string, to: string): void => {
    providers.set(from, (providers.get(from) ?? new Set()).add(to));
  };
  for (const { requirer, provider } of state.relations.values()) add(requirer.service, provider.service);
  for (const { requirer, provider } of relations) add(requirer.service, provider.service);
  const leadsTo = (from: string, to: string, visited: Set<string>): boolean => {
    if (from === to) return true;
    if (visited.has(from)) return false;
    visited.add(from);
    return [...(providers.get(from) ?? [])].some((next) => leadsTo(next, to, visited));
  };
  return relations
    .filter(({ requirer, provider }) => leadsTo(provider.service, requirer.service, new Set()))
    .map(({ requirer, provider, field }) => ({
      field,
      value: `${requirer.service} -> ${provider.service}`,
      allowed: 'services that do not require each other in a circle',
      message: `${provider.service} requires ${requirer.service} already`,
    }));
};
