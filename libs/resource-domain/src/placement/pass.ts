import type { ResourceContextEvent } from '@yiqiu/contracts';
import { canonicalJson } from '@yiqiu/kernel';
import type { Ctx } from '@yiqiu/kernel';
import type { ResourceContextState } from '../state.ts';
import { allocated } from './outcome.ts';
import { explainTogether, place, shortFor } from './place.ts';
import type { Placement, Unplaced } from './place.ts';
import { isAboutMachines } from './reason.ts';
import type { PlacementRequest } from './state.ts';
import { Tentative } from './tentative.ts';

/** Events after which a decision takes no further request: with those of the last one it stays within the runtime's bound. */
export const answeredEventsMax = 6_000;

/** All events of the placement, or why there is none. */
export type Together = { readonly placed: true; readonly events: readonly ResourceContextEvent[] } | Unplaced;

/** One decision's placements, one after the other; what fitted nowhere is not asked of all machines again. */
export class Pass {
  readonly tentative: Tentative;
  readonly #hopeless = new Map<string, Unplaced>();

  constructor(state: ResourceContextState) {
    this.tentative = new Tentative(state);
  }

  place(request: PlacementRequest, replaces: string | null = null): Placement {
    const kind = kindOf(request);
    const known = this.#hopeless.get(kind);
    if (known !== undefined) {
      const holder = this.tentative.holderOf(request.serviceUid, request.ordinal, replaces);
      if (holder === undefined) return known;
    }
    const placement = place(this.tentative, request, replaces);
    if (!placement.placed && isAboutMachines(placement)) this.#hopeless.set(kind, placement);
    return placement;
  }

  /** Requests of one kind, all or none; none are placed at once. */
  placeAll(requests: readonly PlacementRequest[], ctx: Ctx): Together {
    const { tentative } = this;
    const [first] = requests;
    if (first === undefined) return { placed: true, events: [] };
    const short = requests.length === 1 ? null : shortFor(tentative, first, requests.length);
    if (short !== null) return short;
    const mark = tentative.mark();
    const events: ResourceContextEvent[] = [];
    for (const request of requests) {
      // Only the first is asked of the state as it is; what the others fall to holds for this batch alone.
      const placement = request === first ? this.place(request) : place(tentative, request);
      if (!placement.placed) {
        tentative.undoTo(mark);
        const isFull = request !== first && isAboutMachines(placement);
        return isFull ? explainTogether(tentative, first, requests.length) : placement;
      }
      events.push(...allocated(tentative, request, placement, { uid: ctx.uuid(), replaces: null }));
    }
    return { placed: true, events };
  }
}

/** Requests of one kind fit alike: after one that fits nowhere, the others fit nowhere in this pass either. */
const kindOf = ({ serviceUid, program, package: name, pools, ports, placement }: PlacementRequest): string =>
  canonicalJson({ serviceUid, program, name, pools, ports, placement });
