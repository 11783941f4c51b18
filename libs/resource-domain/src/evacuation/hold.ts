import type { ResourceContextEvent } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import { asReason } from '../container/ending.ts';
import type { Container } from '../container/state.ts';
import type { ResourceContextState } from '../state.ts';

/**
 * ms until another replacement is offered after one was given up: doubled each time, so that an offer that is refused for
 * ever does not fill the logs.
 */
export const offerDelayMs = { first: 5_000, max: 300_000 } as const;

/** When the next replacement may be offered that had to wait, ms since the epoch; null where none has to. */
export const nextOffer = (state: ResourceContextState): number | null => {
  let earliest: number | null = null;
  for (const uid of state.seeking) {
    const at = state.containers.get(uid)?.notBefore ?? null;
    if (at !== null && (earliest === null || at < earliest)) earliest = at;
  }
  return earliest;
};

const delayAfter = (givenUp: number): number =>
  Math.min(offerDelayMs.max, offerDelayMs.first * 2 ** Math.min(givenUp, 10));

const held = (
  { uid, unitUid, unit, givenUp }: Container,
  until: number | null,
  message: string,
): ResourceContextEvent => ({
  stream: `container/${uid}`,
  type: 'EvacuationHeld',
  version: 1,
  data: { uid, unitUid, unit, until, attempt: givenUp + 1, message },
});

export const waitingAt = ({ uid, unitUid, unit, machineUid }: Container, reason: string): ResourceContextEvent => ({
  stream: `container/${uid}`,
  type: 'ContainerWaiting',
  version: 1,
  data: { uid, unitUid, unit, machineUid, reason: asReason(reason) },
});

/** What a container waits for whose data is on its machine. */
export const waitsFor = ({ machine }: Container): string =>
  `its data is on machine ${machine}: it waits until that is READY again, or for a person`;

/** What a container waits for that may go elsewhere, and for which there is no room now. */
export const waitsForRoom = ({ machine }: Container, noRoom: string): string =>
  `waits for room, or until machine ${machine} is READY again: ${noRoom}`;

/** Another offer later; a container whose unit waits anyway becomes WAITING where it is fenced. */
export const offerGivenUp = (row: Container, message: string, { now }: Ctx): readonly ResourceContextEvent[] => {
  if (row.state !== 'EVACUATING' || !row.waits) return [held(row, now + delayAfter(row.givenUp), message)];
  return row.fenced === null ? [] : [waitingAt(row, waitsFor(row))];
};

/** No offer any more: the unit waits for its machine or a person. It is WAITING once it is fenced. */
export const waitsFromNow = (row: Container, message: string): readonly ResourceContextEvent[] => [
  ...(row.waits ? [] : [held(row, null, message)]),
  ...(row.fenced === null ? [] : [waitingAt(row, waitsFor(row))]),
];
