import type { EnvelopeOf } from '../events.ts';
import { atMs } from '../events.ts';
import { touchService } from '../relation/index-relation.ts';
import type { ServiceRow } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';

const serviceOf = (state: ServiceState, uid: string): ServiceRow => must(state.services.get(uid), `service ${uid}`);

export const evolveSeedChosen = (state: ServiceState, { data }: EnvelopeOf<'SeedChosen'>): void => {
  const service = serviceOf(state, data.uid);
  service.seed = data.unitUid;
  service.seedDue = true;
};

export const evolveLeaderChanged = (state: ServiceState, { data }: EnvelopeOf<'LeaderChanged'>): void => {
  const { uid, epoch, leader } = data;
  const service = serviceOf(state, uid);
  const now =
    leader === null ? null : { unitUid: leader.unitUid, ordinal: leader.ordinal, incarnation: leader.incarnation };
  const wanted = now === null ? service.leader.wanted : null;
  service.leader = { epoch, now, stays: false, wanted };
  touchService(state, uid);
};

export const evolveLeaderLost = (state: ServiceState, event: EnvelopeOf<'LeaderLost'>): void => {
  const { leader } = serviceOf(state, event.data.uid);
  leader.wanted = { since: atMs(event), why: 'lost', message: event.data.message };
};

export const evolveStepDownRequested = (state: ServiceState, event: EnvelopeOf<'StepDownRequested'>): void => {
  const { leader } = serviceOf(state, event.data.uid);
  leader.wanted ??= { since: atMs(event), why: 'step-down', message: event.data.message };
};

export const evolveStepDownGivenUp = (state: ServiceState, { data }: EnvelopeOf<'StepDownGivenUp'>): void => {
  const { leader } = serviceOf(state, data.uid);
  if (leader.wanted?.why !== 'step-down') return;
  leader.wanted = null;
  leader.stays = true;
};

/** Where this unit in this incarnation led, another leader is wanted; candidates' answers count from now on. */
export const leaderLost = (
  state: ServiceState,
  { uid, serviceUid, incarnation }: UnitRow,
  since: number,
  message: string,
): void => {
  const leader = state.services.get(serviceUid)?.leader;
  if (leader?.now?.unitUid !== uid || leader.now.incarnation !== incarnation) return;
  leader.wanted = { since, why: 'lost', message };
};

/** A leader that is about to go hands over first, where another can lead. */
export const stepDownWanted = (
  state: ServiceState,
  { uid, serviceUid }: UnitRow,
  since: number,
  message: string,
): void => {
  const leader = state.services.get(serviceUid)?.leader;
  if (leader?.now?.unitUid === uid) leader.wanted ??= { since, why: 'step-down', message };
};
