import type { GroupDocument, ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept, refuse } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import type { JsonMap } from '../json-text.ts';
import { objectOf, sameJson, textOf } from '../json-text.ts';
import { beginOperation } from '../operation/start.ts';
import { configRevised } from '../service/config-revised.ts';
import { leaveUnits, reconcileUnits } from '../service/reconcile.ts';
import { requestUnits } from '../service/request-units.ts';
import { changesNothing, relationEvents } from '../relation/apply.ts';
import { startRollout } from '../rollout/start.ts';
import type { ServiceRow } from '../service/state.ts';
import { configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, serviceNamed, tallyOf } from '../state.ts';
import { groupMoved, groupRevisionMoved, planMoved } from './errors.ts';
import { changedKeys, differs, planGroup } from './plan.ts';
import type { ResolvedGroup, WantedGroup, WantedService } from './resolve.ts';
import { resolveGroup } from './resolve.ts';
import type { GroupRow } from './state.ts';

/** What the shell found when it checked a service's config values against its program's schema. */
export type CheckedService = {
  readonly programUid: string;
  readonly values: JsonMap;
  /** The values with the program's defaults filled in. */
  readonly effective: JsonMap;
};

export type ApplyGroup = Command<
  'ApplyGroup',
  {
    readonly document: GroupDocument;
    readonly prune: boolean;
    readonly take: boolean;
    /** If-Match. */
    readonly expectedRevision: number | null;
    /** Do exactly this plan or nothing. */
    readonly plan: string | null;
    /** By the document's names. */
    readonly checked: { readonly [service: string]: CheckedService };
  }
>;

/**
 * Makes a group what the document says, or changes nothing where it is so already.
 * Refuses: group-document-invalid, group-destroying, service-removing, group-revision-moved, plan-moved, group-moved.
 */
export const applyGroup = (state: ServiceState, { data }: ApplyGroup, ctx: Ctx): Decision<ServiceContextEvent> => {
  const { document, expectedRevision, plan } = data;
  const resolved: ResolvedGroup = resolveGroup(state, document, data);
  if (!resolved.ok) return refuse(resolved.error);
  const { group } = resolved;
  const revision = group.current?.revision ?? 0;
  if (expectedRevision !== null && expectedRevision !== revision) {
    return refuse(groupRevisionMoved(group.name, expectedRevision, revision));
  }
  if (plan !== null) {
    const now = planGroup(state, group).id;
    if (now !== plan) return refuse(planMoved(group.name, plan, now));
  }
  if (!group.services.every((service) => wasChecked(service, data.checked))) return refuse(groupMoved(group.name));
  if (isUnchanged(group, document)) return accept([], unchanged(group.name, group.current?.uid ?? null));
  return accept(...applied(state, group, data, ctx));
};

const checkOf = (service: WantedService, checked: ApplyGroup['data']['checked']): CheckedService | null =>
  checked[service.name.slice(service.name.indexOf('/') + 1)] ?? null;

const wasChecked = (service: WantedService, checked: ApplyGroup['data']['checked']): boolean => {
  const check = checkOf(service, checked);
  return check !== null && check.programUid === service.program.uid && sameJson(check.values, service.values);
};

const isUnchanged = (group: WantedGroup, document: GroupDocument): boolean =>
  group.current !== null &&
  group.current.revision > 0 &&
  group.removed.length === 0 &&
  !group.services.some(differs) &&
  changesNothing(group.relations) &&
  sameJson(objectOf(group.current.document), document);

const applied = (
  state: ServiceState,
  group: WantedGroup,
  { document, checked }: ApplyGroup['data'],
  ctx: Ctx,
): [ServiceContextEvent[], ReturnType<typeof changed>] => {
  const uid = group.current?.uid ?? ctx.uuid();
  const { name } = group;
  const operation = takesTime(state, group) ? beginOperation(state, 'apply', { name, uid }, ctx) : null;
  const context = { state, group: group.current ?? { uid, name }, operation: operation?.uid ?? null, ctx };
  const services = group.services.flatMap((service) =>
    serviceEvents(context, service, checkOf(service, checked)?.effective ?? {}),
  );
  const events: ServiceContextEvent[] = [
    ...(group.current === null ? [created(uid, name)] : []),
    ...(operation?.events ?? []),
    // A unit never sees its service without its relations: they come with it, before anything is placed.
    ...services,
    ...relationEvents(state, uid, group.relations, (service) => uidNamed(state, services, service), ctx),
    ...group.removed.flatMap((service) => removeService(state, service)),
    {
      stream: `group/${uid}`,
      type: 'GroupApplied',
      version: 1,
      data: {
        uid,
        name,
        revision: (group.current?.revision ?? 0) + 1,
        document: objectOf(textOf(document)),
        operation: operation?.uid ?? null,
      },
    },
  ];
  return [events, changed(name, uid, operation?.uid ?? null)];
};

/** Of a service that is there, or that these events make. */
const uidNamed = (state: ServiceState, made: readonly ServiceContextEvent[], name: string): string => {
  const known = serviceNamed(state, name)?.uid ?? state.index.virtualByName.get(name);
  const creation = made.find((event) => event.type === 'ServiceCreated' && event.data.name === name);
  const uid = creation?.type === 'ServiceCreated' ? creation.data.uid : known;
  if (uid === undefined) throw new Error(`${name} is related to and does not exist`);
  return uid;
};

const created = (uid: string, name: string): ServiceContextEvent => ({
  stream: `group/${uid}`,
  type: 'GroupCreated',
  version: 1,
  data: { uid, name },
});

/** Whether units come, go or are told a new config: then there is something to wait for. */
const takesTime = (state: ServiceState, group: WantedGroup): boolean =>
  group.removed.length > 0 ||
  group.services.some(({ current, desired, values, spec }) => {
    if (current === null) return desired > 0;
    if (desired !== current.desired) return true;
    const rollsOut = spec.program.uid !== current.spec.program.uid || !sameJson(values, valuesOf(current));
    return tallyOf(state, current.uid).live > 0 && rollsOut;
  });

const valuesOf = (service: ServiceRow): JsonMap => objectOf(configOf(service).values);

interface Context {
  readonly state: ServiceState;
  readonly group: Pick<GroupRow, 'uid' | 'name'>;
  readonly operation: string | null;
  readonly ctx: Ctx;
}

const serviceEvents = (context: Context, wanted: WantedService, effective: JsonMap): ServiceContextEvent[] => {
  if (wanted.current === null) return createService(context, wanted, effective);
  return differs(wanted) ? changeService(context, wanted, wanted.current, effective) : [];
};

const createService = (
  { state, group, ctx }: Context,
  wanted: WantedService,
  effective: JsonMap,
): ServiceContextEvent[] => {
  const uid = ctx.uuid();
  const { name, spec, desired, manifest, values } = wanted;
  const requester = { uid, name, groupUid: group.uid, spec, manifest, incarnations: {} };
  const ordinals = Array.from({ length: desired }, (_, ordinal) => ordinal);
  const revision = { revision: 1, values, config: effective, changed: Object.keys(effective).sort(), operation: null };
  return [
    {
      stream: `service/${uid}`,
      type: 'ServiceCreated',
      version: 1,
      data: { uid, name, groupUid: group.uid, group: group.name, spec, desired },
    },
    configRevised({ uid, name }, revision),
    ...requestUnits(state, requester, ordinals, ctx),
  ];
};

const changeService = (
  { state, operation, ctx }: Context,
  { spec, desired, values }: WantedService,
  current: ServiceRow,
  effective: JsonMap,
): ServiceContextEvent[] => {
  const { uid, name } = current;
  const stream = `service/${uid}`;
  const now = configOf(current);
  const changedValues = changedKeys(objectOf(now.values), values);
  const isUpgrade = spec.program.uid !== current.spec.program.uid;
  const configRevision = changedValues.length > 0 ? now.revision + 1 : now.revision;
  const target = { programUid: spec.program.uid, configRevision, operation };
  const events: ServiceContextEvent[] =
    isUpgrade || changedValues.length > 0
      ? startRollout(state, current, { kind: isUpgrade ? 'upgrade' : 'config', ...target }, ctx)
      : [];
  if (!sameJson(spec, current.spec))
    events.push({ stream, type: 'ServiceRevised', version: 1, data: { uid, name, spec } });
  if (desired !== current.desired) {
    const data = { uid, name, from: current.desired, to: desired, operation };
    events.push({ stream, type: 'ServiceScaled', version: 1, data });
  }
  if (changedValues.length > 0) {
    events.push(
      configRevised(current, {
        revision: now.revision + 1,
        values,
        config: effective,
        changed: changedValues,
        operation,
      }),
    );
  }
  if (desired !== current.desired) events.push(...reconcileUnits(state, { ...current, spec }, desired, ctx));
  return events;
};

/** A service goes with all its units. */
export const removeService = (state: ServiceState, service: ServiceRow): ServiceContextEvent[] => [
  {
    stream: `service/${service.uid}`,
    type: 'ServiceRemoveRequested',
    version: 1,
    data: { uid: service.uid, name: service.name },
  },
  ...leaveUnits(liveUnitsOf(state, service.uid).reverse(), 'remove'),
];
