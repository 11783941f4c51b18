import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import type { DataOf } from '../events.ts';
import { setOf } from '../multimap.ts';
import { cancelled } from '../placement/cancelled.ts';
import type { ResourceContextState } from '../state.ts';
import { containerOfAnother, containerUnknown } from './errors.ts';
import type { Container } from './state.ts';

/** The service layer wants none of this container: it asked for no such thing, or does so no more. */
export type DeclineContainer = Command<'DeclineContainer', { readonly container: string; readonly requestId: string }>;

/** A unit is gone from its machine, or was never placed: `container` is null then. */
export type ReleaseUnit = Command<
  'ReleaseUnit',
  { readonly unitUid: string; readonly container: string | null; readonly requestId: string }
>;

/** Refuses: container-unknown, container-of-another (another request's). */
export const declineContainer = (
  state: ResourceContextState,
  { data }: DeclineContainer,
): Decision<ResourceContextEvent> => {
  const container = state.containers.get(data.container);
  if (container === undefined) return refuse(containerUnknown(data.container));
  if (container.requestId !== data.requestId) {
    return refuse(containerOfAnother(container.uid, `request ${container.requestId}`, `request ${data.requestId}`));
  }
  return accept([released(container, 'declined')]);
};

/**
 * Releases the unit's container and gives up what still waits for the unit. Where the unit was gone before it heard of its
 * container, that of its request is released. What is gone already changes nothing. Refuses: container-of-another.
 */
export const releaseUnit = (state: ResourceContextState, { data }: ReleaseUnit): Decision<ResourceContextEvent> => {
  const uid = data.container ?? state.containerByRequest.get(data.requestId);
  const container = uid === undefined ? undefined : state.containers.get(uid);
  if (container !== undefined && container.unitUid !== data.unitUid) {
    return refuse(containerOfAnother(container.uid, `unit ${container.unitUid}`, `unit ${data.unitUid}`));
  }
  const waiting = [...setOf(state.pendingByUnit, data.unitUid)].flatMap((requestId) => cancelled(state, requestId));
  return accept(container === undefined ? waiting : [...waiting, released(container, 'removed')]);
};

const released = (
  { uid, unitUid, unit, machineUid }: Container,
  how: DataOf<'ContainerReleased'>['how'],
): ResourceContextEvent => ({
  stream: `container/${uid}`,
  type: 'ContainerReleased',
  version: 1,
  data: { uid, unitUid, unit, machineUid, how },
});
