import { resourceCatalogue } from '@yiqiu/contracts';
import { z } from 'zod';
import { addTo, removeFrom, setOf } from '../multimap.ts';
import { emptyUse, giveBack, take } from '../placement/host-use.ts';
import { must } from '../state.ts';
import type { ResourceContextState } from '../state.ts';

/** States of a container that lives: PENDING is no container yet, RELEASED none any more. */
export const liveStates = ['ALLOCATED', 'ACTIVE', 'EVACUATING', 'RELEASING'] as const;

export const containerRow = resourceCatalogue.ContainerAllocated[1]
  .omit({ address: true, rack: true, zone: true, labels: true })
  .extend({ state: z.enum(liveStates), message: z.string().nullable() });
export type Container = z.infer<typeof containerRow>;

const none: ReadonlySet<string> = new Set();

/** Uids of the live containers on a machine. */
export const containersOn = (state: ResourceContextState, machineUid: string): ReadonlySet<string> =>
  state.uses.get(machineUid)?.containers ?? none;

/** Live containers of a service. */
export const containersOf = (state: ResourceContextState, serviceUid: string): readonly Container[] =>
  [...setOf(state.containersByService, serviceUid)].map((uid) => must(state.containers.get(uid), `container ${uid}`));

/** Puts a new row in, with its indexes. */
export const addContainer = (state: ResourceContextState, container: Container): void => {
  const use = state.uses.get(container.machineUid) ?? emptyUse();
  take(use, container);
  state.uses.set(container.machineUid, use);
  state.containers.set(container.uid, container);
  state.containerByRequest.set(container.requestId, container.uid);
  addTo(state.containersByUnit, container.unitUid, container.uid);
  addTo(state.containersByService, container.serviceUid, container.uid);
};

/** Takes a row out, with its indexes. */
export const removeContainer = (state: ResourceContextState, uid: string): Container => {
  const container = must(state.containers.get(uid), `container ${uid}`);
  const use = must(state.uses.get(container.machineUid), `use of machine ${container.machineUid}`);
  giveBack(use, container);
  if (use.containers.size === 0) state.uses.delete(container.machineUid);
  state.containers.delete(uid);
  state.containerByRequest.delete(container.requestId);
  removeFrom(state.containersByUnit, container.unitUid, uid);
  removeFrom(state.containersByService, container.serviceUid, uid);
  return container;
};
