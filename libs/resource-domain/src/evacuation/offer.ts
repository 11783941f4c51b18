import type { ResourceContextEvent } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import { asReason } from '../container/ending.ts';
import { offeredFor } from '../container/state.ts';
import type { Container } from '../container/state.ts';
import { setOf } from '../multimap.ts';
import { allocated } from '../placement/outcome.ts';
import type { Pass } from '../placement/pass.ts';
import { sameKind } from '../placement/reason.ts';
import { waitingAt, waitsForRoom } from './hold.ts';
import { ownPlace, rebound } from './rebind.ts';
import { requestFor } from './request.ts';

type Events = readonly ResourceContextEvent[];

const evacuating = (
  { uid, unitUid, unit }: Container,
  replacement: string | null,
  reason: string,
): ResourceContextEvent => ({
  stream: `container/${uid}`,
  type: 'ContainerEvacuating',
  version: 1,
  data: { uid, unitUid, unit, replacement, reason: asReason(reason) },
});

const isNews = (row: Container, state: Container['state'], text: string): boolean =>
  row.state !== state || row.notBefore !== null || !sameKind(row.message, asReason(text));

/**
 * Offers a replacement of the same ordinal for a container whose machine is given up, or says why there is none: at first,
 * when a time that was waited for is over, and when the kind of reason is another. One that is fenced is WAITING from then
 * on: its machine need not stay for it. One that is itself offered and not taken yet gets none: only its unit's word tells
 * which of the two there is to replace.
 */
export const offerReplacement = (pass: Pass, row: Container, ctx: Ctx): Events => {
  const { state } = pass.tentative;
  const cause = `machine ${row.machine} is given up`;
  const waitsBecause = (reason: string): Events => {
    const text = `${cause}: ${reason}`;
    return isNews(row, 'EVACUATING', text) ? [evacuating(row, null, text)] : [];
  };
  if (offeredFor(state, row) !== undefined) return waitsBecause('its unit has not taken it yet');
  const elsewhere = placeElsewhere(pass, row, ctx);
  if (elsewhere.to !== null) {
    return [...elsewhere.events, evacuating(row, elsewhere.uid, `${cause}: moves to ${elsewhere.to}`)];
  }
  if (row.fenced === null) return waitsBecause(`no replacement: ${elsewhere.message}`);
  return [waitingAt(row, waitsForRoom(row, elsewhere.message))];
};

/**
 * A WAITING container that may go elsewhere: back to its own place where that can be had, else to another; else it says what
 * is in the way, for another kind of reason only, or when a time that was waited for is over.
 */
export const seekRoom = (pass: Pass, row: Container, ctx: Ctx): Events => {
  const { tentative } = pass;
  const own = ownPlace(tentative, row);
  if (own.host !== null) return rebound(tentative, row, own.host, ctx);
  const says = (text: string): Events => (isNews(row, 'WAITING', text) ? [waitingAt(row, text)] : []);
  // Answered, its own request ends the waiting.
  if (setOf(tentative.state.pendingByUnit, row.unitUid).size > 0) return says('its unit has asked for another place');
  const elsewhere = placeElsewhere(pass, row, ctx);
  if (elsewhere.to !== null) return elsewhere.events;
  if (own.isAway) return says(waitsForRoom(row, elsewhere.message));
  return says(`waits for room: ${own.obstacle}; elsewhere: ${elsewhere.message}`);
};

type Elsewhere =
  | { readonly to: string; readonly uid: string; readonly events: Events }
  | { readonly to: null; readonly message: string };

const placeElsewhere = (pass: Pass, row: Container, ctx: Ctx): Elsewhere => {
  const request = requestFor(pass.tentative.state, row, ctx.uuid());
  const placement = pass.place(request, row.uid);
  if (!placement.placed) return { to: null, message: placement.message };
  const uid = ctx.uuid();
  const events = allocated(pass.tentative, request, placement, { uid, replaces: row.uid });
  return { to: placement.fit.host.machine, uid, events };
};
