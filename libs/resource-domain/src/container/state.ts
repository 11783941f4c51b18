import { containerStates, fenceMeans, resourceCatalogue } from '@yiqiu/contracts';
import { z } from 'zod';
import { setOf } from '../multimap.ts';
import { must } from '../state.ts';
import type { ResourceContextState } from '../state.ts';

/** States of a container that is kept: PENDING is none yet, RELEASED none any more. */
export type ContainerState = (typeof containerStates)[number];

export const containerRow = resourceCatalogue.ContainerAllocated[1]
  .omit({ address: true, rack: true, zone: true, labels: true })
  .extend({
    state: z.enum(containerStates),
    message: z.string().nullable(),
    /** The container that is offered instead of this one and that its unit has not taken yet. */
    replacement: z.uuid().nullable(),
    /** The service layer wants no replacement: the unit waits for its machine or for a person. */
    waits: z.boolean(),
    /** How it was proven that none of its processes runs; null where it was not. */
    fenced: z.enum(fenceMeans).nullable(),
    /** No replacement is offered before this instant, ms since the epoch. */
    notBefore: z.int().min(0).nullable(),
    /** Offers that the service layer gave up. */
    givenUp: z.int().min(0),
  });
export type Container = z.infer<typeof containerRow>;

const holdsOrdinalIn: { readonly [state in ContainerState]: boolean } = {
  ALLOCATED: true,
  ACTIVE: true,
  EVACUATING: true,
  RELEASING: false,
  WAITING: false,
};

/** Whether no other unit may have its ordinal, save its named replacement. */
export const holdsOrdinal = ({ state }: Container): boolean => holdsOrdinalIn[state];

/** Whether it keeps a faulty machine from being evacuated: all but what waits there, fenced, for the machine. */
export const isLive = ({ state }: Container): boolean => state !== 'WAITING';

/** Whether it wants a replacement that it does not have. */
export const isSeeking = ({ state, replacement, waits }: Container): boolean =>
  replacement === null && (state === 'WAITING' || (state === 'EVACUATING' && !waits));

const none: ReadonlySet<string> = new Set();

/** Uids of what is kept on a machine. */
export const containersOn = (state: ResourceContextState, machineUid: string): ReadonlySet<string> =>
  state.uses.get(machineUid)?.containers ?? none;

const rowsOf = (state: ResourceContextState, uids: Iterable<string>): readonly Container[] =>
  [...uids].map((uid) => must(state.containers.get(uid), `container ${uid}`));

/** By service, ordinal, incarnation: an order that does not depend on when they came. */
const byName = (a: Container, b: Container): number =>
  byText(a.service, b.service) || a.ordinal - b.ordinal || a.incarnation - b.incarnation || byText(a.uid, b.uid);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is kept on a machine, by service, ordinal and incarnation. */
export const rowsOn = (state: ResourceContextState, machineUid: string): readonly Container[] =>
  [...rowsOf(state, containersOn(state, machineUid))].sort(byName);

/** What wants a replacement, by service, ordinal and incarnation. */
export const seekingRows = (state: ResourceContextState): readonly Container[] =>
  [...rowsOf(state, state.seeking)].sort(byName);

/** What is kept of a service. */
export const containersOf = (state: ResourceContextState, serviceUid: string): readonly Container[] =>
  rowsOf(state, setOf(state.containersByService, serviceUid));

/** What is kept of a unit, by incarnation. */
export const containersOfUnit = (state: ResourceContextState, unitUid: string): readonly Container[] =>
  [...rowsOf(state, setOf(state.containersByUnit, unitUid))].sort(byName);

/** The container that this one is offered instead of, as long as its unit has not taken it; else undefined. */
export const offeredFor = (state: ResourceContextState, { uid, replaces }: Container): Container | undefined => {
  const old = replaces === null ? undefined : state.containers.get(replaces);
  return old?.replacement === uid ? old : undefined;
};
