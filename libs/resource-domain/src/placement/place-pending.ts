import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, canonicalJson } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import type { ResourceContextState } from '../state.ts';
import { allocated, waiting } from './outcome.ts';
import { place } from './place.ts';
import type { Placement } from './place.ts';
import { requestOf } from './state.ts';
import type { PlacementRequest } from './state.ts';
import { Tentative } from './tentative.ts';

/** Something changed that may let waiting work be placed. */
export type PlacePending = Command<'PlacePending', Record<string, never>>;

/** Requests that one decision answers; with two events each it stays within the runtime's bound of events. */
export const answeredAtOnceMax = 4_000;

/**
 * Tries what waits, the oldest first. What still fits nowhere is said again only where it waits for another kind of
 * reason, so that many changes of machines do not fill the log. Never refused.
 */
export const placePending = (
  state: ResourceContextState,
  _: PlacePending,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  const tentative = new Tentative(state);
  const hopeless = new Map<string, Placement>();
  const events: ResourceContextEvent[] = [];
  let answered = 0;
  for (const row of state.pending.values()) {
    if (answered === answeredAtOnceMax) break;
    const request = requestOf(row);
    const kind = kindOf(request);
    const known = isAboutMachines(row) ? hopeless.get(kind) : undefined;
    const placement = known ?? place(tentative, request);
    if (placement.placed) {
      events.push(...allocated(tentative, request, placement, ctx.uuid()));
      answered += 1;
      continue;
    }
    if (isAboutMachines(placement)) hopeless.set(kind, placement);
    if (kindOfReason(row) === kindOfReason(placement)) continue;
    events.push(...waiting(tentative, request, placement));
    answered += 1;
  }
  return accept(events);
};

/** Requests of one kind fit alike: after one that fits nowhere, the others fit nowhere in this pass either. */
const kindOf = ({ serviceUid, program, package: name, pools, ports, placement }: PlacementRequest): string =>
  canonicalJson({ serviceUid, program, name, pools, ports, placement });

interface Reason {
  readonly message: string;
  readonly filters: { readonly [filter: string]: number | undefined };
}

const isAboutMachines = ({ filters }: Reason): boolean => Object.keys(filters).length > 0;

/** The filters without their counts; where no machine was asked, the text. */
const kindOfReason = (reason: Reason): string =>
  isAboutMachines(reason) ? Object.keys(reason.filters).sort().join() : reason.message;
