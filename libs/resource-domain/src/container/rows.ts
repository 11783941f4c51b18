import { addTo, removeFrom } from '../multimap.ts';
import { emptyUse, giveBack, take } from '../placement/host-use.ts';
import type { HostUse } from '../placement/host-use.ts';
import { reshelve } from '../placement/shelf.ts';
import { must } from '../state.ts';
import type { ResourceContextState } from '../state.ts';
import { isSeeking } from './state.ts';
import type { Container } from './state.ts';

/** One bound to the machine and data of another has that one's place: its directory, ports and resources. */
const hasPlaceOf = (replacement: Container, old: Container): boolean =>
  replacement.machineUid === old.machineUid && replacement.home === old.home;

const replacementOf = (state: ResourceContextState, { replacement }: Container): Container | undefined =>
  replacement === null ? undefined : state.containers.get(replacement);

/** Whether its replacement has taken its place over. */
export const isHandedOver = (state: ResourceContextState, row: Container): boolean => {
  const replacement = replacementOf(state, row);
  return replacement !== undefined && hasPlaceOf(replacement, row);
};

const useOf = (state: ResourceContextState, machineUid: string): HostUse =>
  must(state.uses.get(machineUid), `use of machine ${machineUid}`);

/** Puts a changed row in the place of the one of the same uid. */
export const changeContainer = (state: ResourceContextState, uid: string, patch: Partial<Container>): void => {
  const row = { ...must(state.containers.get(uid), `container ${uid}`), ...patch };
  state.containers.set(uid, row);
  if (isSeeking(row)) state.seeking.add(uid);
  else state.seeking.delete(uid);
};

/** Puts a new row in, with its indexes; what it replaces knows it, and leaves it its place where that is the same. */
export const addContainer = (state: ResourceContextState, row: Container): void => {
  const old = row.replaces === null ? undefined : state.containers.get(row.replaces);
  if (old !== undefined) {
    changeContainer(state, old.uid, { replacement: row.uid, notBefore: null });
    if (hasPlaceOf(row, old)) giveBack(useOf(state, old.machineUid), old);
  }
  state.containers.set(row.uid, row);
  indexContainer(state, row);
  reshelve(state, row.machineUid);
};

/** The indexes of a row that is there. */
const indexContainer = (state: ResourceContextState, row: Container): void => {
  const use = state.uses.get(row.machineUid) ?? emptyUse();
  state.uses.set(row.machineUid, use);
  use.containers.add(row.uid);
  if (!isHandedOver(state, row)) take(use, row);
  if (isSeeking(row)) state.seeking.add(row.uid);
  state.containerByRequest.set(row.requestId, row.uid);
  addTo(state.containersByUnit, row.unitUid, row.uid);
  addTo(state.containersByService, row.serviceUid, row.uid);
};

/** Rows of a snapshot: first all, then their indexes, for one may have handed its place to another. Shelves come after. */
export const restoreContainers = (state: ResourceContextState, rows: readonly Container[]): void => {
  for (const row of rows) state.containers.set(row.uid, row);
  for (const row of rows) indexContainer(state, row);
};

/** Takes a row out, with its indexes; what it was offered instead of has its place and its wish again. */
export const removeContainer = (state: ResourceContextState, uid: string): Container => {
  const row = must(state.containers.get(uid), `container ${uid}`);
  const use = useOf(state, row.machineUid);
  if (!isHandedOver(state, row)) giveBack(use, row);
  use.containers.delete(uid);
  state.containers.delete(uid);
  state.seeking.delete(uid);
  state.containerByRequest.delete(row.requestId);
  removeFrom(state.containersByUnit, row.unitUid, uid);
  removeFrom(state.containersByService, row.serviceUid, uid);
  const old = row.replaces === null ? undefined : state.containers.get(row.replaces);
  if (old?.replacement === uid) {
    if (hasPlaceOf(row, old)) take(use, old);
    changeContainer(state, old.uid, { replacement: null });
  }
  if (use.containers.size === 0) state.uses.delete(row.machineUid);
  reshelve(state, row.machineUid);
  return row;
};
