import type { ServiceState } from '../state.ts';
import { liveUnitsOf, manifestOf } from '../state.ts';
import { knowledgeOf, staleEndpoints } from '../unit/knowledge.ts';
import { isLeader } from '../unit/place.ts';
import type { Told, UnitRow } from '../unit/state.ts';
import type { Move } from './next-move.ts';

const nothing: Move = { do: 'wait', message: null };

/**
 * What a unit that serves has to be told of the world around it: its leader at once, members and relations in turns, so
 * that what a change does to a unit's process is never done to more of them at a time than the service's update policy
 * says. What changed several times meanwhile is told once.
 */
export const newsMove = (state: ServiceState, unit: UnitRow): Move => {
  if (unit.goal !== 'run' || !unit.deployed || unit.stage !== 'up') return nothing;
  const now = knowledgeOf(state, unit);
  if (unit.told.leader < now.leader && leaderKnows(state, unit, now.leader)) {
    return { do: 'issue', step: 'config-changed', reason: 'leader', changed: [] };
  }
  const news = newsOf(state, unit, now);
  if (news === null) return nothing;
  return turnsLeft(state, unit.serviceUid) > 0 ? news : nothing;
};

/** True for a move that its service gives in turns: who waited longest comes first. */
export const isInTurns = (unit: UnitRow, move: Move): boolean =>
  move.do === 'issue' && unit.goal === 'run' && unit.deployed && unit.stage === 'up' && isNewsStep(move);

const isNewsStep = ({ step, reason }: Extract<Move, { do: 'issue' }>): boolean =>
  (step === 'config-changed' && reason === 'members') || step === 'relation-changed' || step === 'relation-departed';

/** Followers are told when the leader itself was, or cannot be. */
const leaderKnows = (state: ServiceState, unit: UnitRow, epoch: number): boolean => {
  if (isLeader(state, unit)) return true;
  const now = state.services.get(unit.serviceUid)?.leader.now ?? null;
  const leader = now === null ? undefined : state.units.get(now.unitUid);
  if (leader === undefined || leader.incarnation !== now?.incarnation) return true;
  return leader.told.leader >= epoch || !leader.deployed || leader.failed !== null || leader.fenced;
};

const newsOf = (state: ServiceState, unit: UnitRow, now: Told): Move | null => {
  if (unit.told.members !== now.members) {
    return { do: 'issue', step: 'config-changed', reason: 'members', changed: membersChanged(state, unit) };
  }
  const endpoints = staleEndpoints(unit.told, now);
  const [first] = endpoints;
  if (first === undefined) return null;
  const departed = endpoints.find((endpoint) => hasDeparted(unit.told, now, endpoint));
  if (departed !== undefined && manifestOf(state, unit.programUid).hooks['relation-departed'] !== undefined) {
    if (unit.lastCommand?.step !== 'relation-departed')
      return { do: 'issue', step: 'relation-departed', reason: 'relation', changed: [departed], relation: departed };
  }
  return { do: 'issue', step: 'relation-changed', reason: 'relation', changed: endpoints };
};

const hasDeparted = (told: Told, now: Told, endpoint: string): boolean => {
  const units = now.relations[endpoint]?.units ?? [];
  return told.relations[endpoint]?.units.some((name) => !units.includes(name)) === true;
};

/** YIQIU_CHANGED of members: the ordinals that there are now. */
const membersChanged = (state: ServiceState, unit: UnitRow): string[] =>
  liveUnitsOf(state, unit.serviceUid)
    .filter(({ binding }) => binding !== null)
    .map(({ ordinal }) => String(ordinal));

/** How many more units of a service may be told something now, by its update policy. */
export const turnsLeft = (state: ServiceState, serviceUid: string): number => {
  const most = state.services.get(serviceUid)?.spec.update.maxParallel ?? 1;
  const busy = liveUnitsOf(state, serviceUid).filter(
    (unit) => unit.deployed && unit.goal === 'run' && isBeingTold(unit),
  );
  return Math.max(1, most) - busy.length;
};

const isBeingTold = ({ step, update }: UnitRow): boolean =>
  update !== null ||
  (step !== null &&
    (step.step === 'relation-departed' ||
      step.step === 'relation-changed' ||
      (step.step === 'config-changed' && step.reason !== 'leader')));
