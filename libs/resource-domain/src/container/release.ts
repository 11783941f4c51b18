import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { offerGivenUp } from '../evacuation/hold.ts';
import { setOf } from '../multimap.ts';
import { cancelled } from '../placement/cancelled.ts';
import type { ResourceContextState } from '../state.ts';
import { ending, released } from './ending.ts';
import { containerOfAnother, containerUnknown } from './errors.ts';
import { offeredFor } from './state.ts';
import type { Container } from './state.ts';

/** The service layer wants none of this container: it asked for no such thing, or does so no more. */
export type DeclineContainer = Command<'DeclineContainer', { readonly container: string; readonly requestId: string }>;

/**
 * A unit is gone from its machine, or was never placed: `container` is null then. `confirmed`: its agent said so, or it never
 * ran; else the machine is silent and what runs there is not known.
 */
export type ReleaseUnit = Command<
  'ReleaseUnit',
  {
    readonly unitUid: string;
    readonly container: string | null;
    readonly requestId: string;
    readonly confirmed: boolean;
  }
>;

/** The agent reported that nothing is left of an older copy of a unit. */
export type EndRelease = Command<
  'EndRelease',
  { readonly container: string; readonly unitUid: string; readonly incarnation: number }
>;

/** What is offered instead of a container that goes is not wanted either. */
export const replacementReleased = (state: ResourceContextState, row: Container): readonly ResourceContextEvent[] => {
  const replacement = row.replacement === null ? undefined : state.containers.get(row.replacement);
  return replacement === undefined ? [] : [released(replacement, 'declined')];
};

/**
 * Released at once: what is declined never ran. Where it was a replacement, another is offered after a while.
 * Refuses: container-unknown, container-of-another (another request's).
 */
export const declineContainer = (
  state: ResourceContextState,
  { data }: DeclineContainer,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  const container = state.containers.get(data.container);
  if (container === undefined) return refuse(containerUnknown(data.container));
  if (container.requestId !== data.requestId) {
    return refuse(containerOfAnother(container.uid, `request ${container.requestId}`, `request ${data.requestId}`));
  }
  const old = offeredFor(state, container);
  const after = old === undefined ? [] : offerGivenUp(old, 'the replacement was declined', ctx);
  return accept([...replacementReleased(state, container), released(container, 'declined'), ...after]);
};

/**
 * Gives up what waits for the unit or is offered to it, and releases its container: at once where its end is confirmed or it
 * is fenced, else it is RELEASING until it is. Where the unit was gone before it heard of its container, that of its request
 * is released. What is gone already changes nothing. Refuses: container-of-another.
 */
export const releaseUnit = (state: ResourceContextState, { data }: ReleaseUnit): Decision<ResourceContextEvent> => {
  const uid = data.container ?? state.containerByRequest.get(data.requestId);
  const container = uid === undefined ? undefined : state.containers.get(uid);
  if (container !== undefined && container.unitUid !== data.unitUid) {
    return refuse(containerOfAnother(container.uid, `unit ${container.unitUid}`, `unit ${data.unitUid}`));
  }
  const waiting = [...setOf(state.pendingByUnit, data.unitUid)].flatMap((requestId) => cancelled(state, requestId));
  if (container === undefined) return accept(waiting);
  const end = data.confirmed
    ? [released(container, 'removed')]
    : ending(container, 'its unit was removed, but its agent has not confirmed that nothing of it runs');
  return accept([...waiting, ...replacementReleased(state, container), ...end]);
};

/** Ends what is RELEASING; in any other state nothing changes. Refuses: container-unknown, container-of-another. */
export const endRelease = (state: ResourceContextState, { data }: EndRelease): Decision<ResourceContextEvent> => {
  const container = state.containers.get(data.container);
  if (container === undefined) return refuse(containerUnknown(data.container));
  if (container.unitUid !== data.unitUid || container.incarnation !== data.incarnation) {
    const holder = `unit ${container.unitUid}, incarnation ${container.incarnation}`;
    return refuse(containerOfAnother(container.uid, holder, `unit ${data.unitUid}, incarnation ${data.incarnation}`));
  }
  return accept(container.state === 'RELEASING' ? [released(container, 'removed')] : []);
};
