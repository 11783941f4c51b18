import type { ResourceContextEvent } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import { asReason } from '../container/ending.ts';
import { offeredFor } from '../container/state.ts';
import type { Container } from '../container/state.ts';
import { allocated } from '../placement/outcome.ts';
import type { Pass } from '../placement/pass.ts';
import { sameKind } from '../placement/reason.ts';
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

/**
 * Offers a replacement of the same ordinal for a container whose machine is given up, or says why there is none: at first,
 * when a time that was waited for is over, and when the kind of reason is another. One that is itself offered and not taken
 * yet gets none: only its unit's word tells which of the two there is to replace.
 */
export const offerReplacement = (pass: Pass, row: Container, ctx: Ctx): Events => {
  const { state } = pass.tentative;
  const cause = `machine ${row.machine} is given up`;
  const waitsBecause = (reason: string): Events => {
    const text = asReason(`${cause}: ${reason}`);
    const isNews = row.state !== 'EVACUATING' || row.notBefore !== null || !sameKind(row.message, text);
    return isNews ? [evacuating(row, null, text)] : [];
  };
  if (offeredFor(state, row) !== undefined) return waitsBecause('its unit has not taken it yet');
  const request = requestFor(state, row, ctx.uuid());
  const placement = pass.place(request, row.uid);
  if (!placement.placed) return waitsBecause(`no replacement: ${placement.message}`);
  const uid = ctx.uuid();
  const { machine } = placement.fit.host;
  return [
    ...allocated(pass.tentative, request, placement, { uid, replaces: row.uid }),
    evacuating(row, uid, `${cause}: moves to ${machine}`),
  ];
};
