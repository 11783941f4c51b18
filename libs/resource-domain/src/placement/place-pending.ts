import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { seekingRows } from '../container/state.ts';
import { offerReplacement, seekRoom } from '../evacuation/offer.ts';
import { rebind } from '../evacuation/rebind.ts';
import type { ResourceContextState } from '../state.ts';
import { waiting } from './outcome.ts';
import { answeredEventsMax, Pass } from './pass.ts';
import { kindOfReason } from './reason.ts';
import { requestOf } from './state.ts';
import type { PendingPlacement } from './state.ts';

/** Something changed that may let waiting work be placed, or a time is over that some of it had to wait. */
export type PlacePending = Command<'PlacePending', Record<string, never>>;

/**
 * Tries what waits, by its priority: units that wait for their machine alone, then those that go elsewhere too, by service and ordinal; then
 * requests, the oldest first. What still fits nowhere is said again only where it waits for another kind of reason, so that
 * many changes of machines do not fill the log. Never refused.
 */
export const placePending = (
  state: ResourceContextState,
  _: PlacePending,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  const pass = new Pass(state);
  const events: ResourceContextEvent[] = [];
  const isFull = (): boolean => events.length >= answeredEventsMax;
  const seeking = seekingRows(state).filter(({ notBefore }) => notBefore === null || notBefore <= ctx.now);
  for (const row of seeking) if (row.waits && !isFull()) events.push(...rebind(pass.tentative, row, ctx));
  for (const row of seeking) {
    if (row.waits || isFull()) continue;
    const seek = row.state === 'WAITING' ? seekRoom : offerReplacement;
    events.push(...seek(pass, row, ctx));
  }
  for (const rows of batchesOf(state)) if (!isFull()) events.push(...tryBatch(pass, rows, ctx));
  return accept(events);
};

const tryBatch = (pass: Pass, rows: readonly PendingPlacement[], ctx: Ctx): readonly ResourceContextEvent[] => {
  const placement = pass.placeAll(rows.map(requestOf), ctx);
  if (placement.placed) return placement.events;
  return rows.flatMap((row) =>
    kindOfReason(row) === kindOfReason(placement) ? [] : waiting(pass.tentative, requestOf(row), placement),
  );
};

/** What waits, together where it was asked for together, by the oldest of each. */
const batchesOf = (state: ResourceContextState): Iterable<readonly PendingPlacement[]> => {
  const batches = new Map<string, PendingPlacement[]>();
  for (const row of state.pending.values()) {
    const key = row.batch ?? row.requestId;
    const rows = batches.get(key);
    if (rows === undefined) batches.set(key, [row]);
    else rows.push(row);
  }
  return batches.values();
};
