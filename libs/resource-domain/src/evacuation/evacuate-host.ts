import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { rowsOn } from '../container/state.ts';
import type { Container } from '../container/state.ts';
import type { Host } from '../host/state.ts';
import { answeredEventsMax, Pass } from '../placement/pass.ts';
import type { ResourceContextState } from '../state.ts';
import { offerReplacement } from './offer.ts';

/** A machine is in ERROR_DETECTED: its containers have to go elsewhere. */
export type EvacuateHost = Command<'EvacuateHost', { readonly machineUid: string }>;

const isLeft = ({ state }: Container): boolean => state === 'ALLOCATED' || state === 'ACTIVE';

/** In ERROR_DETECTED, with containers that are not on their way yet. */
export const isToEvacuate = (state: ResourceContextState, host: Host | undefined): host is Host =>
  host?.state === 'ERROR_DETECTED' && rowsOn(state, host.machineUid).some(isLeft);

/**
 * Offers a replacement of the same ordinal for each, by service and ordinal; what fits nowhere says so once and is tried
 * again when machines or containers change. Nothing is stopped by this: an old container goes when its unit has migrated.
 * On any other machine it changes nothing. Never refused.
 */
export const evacuateHost = (
  state: ResourceContextState,
  { data }: EvacuateHost,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  const host = state.hosts.get(data.machineUid);
  if (!isToEvacuate(state, host)) return accept([]);
  const pass = new Pass(state);
  const events: ResourceContextEvent[] = [];
  for (const row of rowsOn(state, host.machineUid).filter(isLeft)) {
    if (events.length >= answeredEventsMax) break;
    events.push(...offerReplacement(pass, row, ctx));
  }
  return accept(events);
};
