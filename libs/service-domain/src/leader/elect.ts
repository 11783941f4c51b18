import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import type { ServiceRow } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, manifestOf } from '../state.ts';
import { isBound } from '../unit/place.ts';
import type { UnitRow } from '../unit/state.ts';

/** What a unit's `leader.eligible` check last said. `at`: when it was asked, on this platform's clock, ms. */
export type Candidate = {
  readonly unitUid: string;
  readonly incarnation: number;
  readonly ok: boolean;
  readonly rank: number;
  readonly at: number;
};

/** The shell's word on who could lead now: agents' answers never enter the log, only what is concluded from them. */
export type ElectLeader = Command<
  'ElectLeader',
  {
    readonly serviceUid: string;
    readonly candidates: readonly Candidate[];
    /** Since when the leader's agent reports that its process is not running, ms; null: it runs, or nobody says anything. */
    readonly downSince: number | null;
  }
>;

/** A leader's process may be away for so long before it counts as lost: its agent starts it again. */
export const leaderHoldDownMs = 5_000;
/** So long the answers of all who can be reached are waited for. */
export const electionMs = 4_000;
/** So long another unit is looked for when a leader is to step down. */
export const stepDownMs = 20_000;

/** Services that are to have a leader of the platform's choice. */
export const isLed = (state: ServiceState, { spec, removing }: ServiceRow): boolean =>
  !removing && manifestOf(state, spec.program.uid).leader.kind === 'platform';

/** Chooses a leader where one is wanted and can be had; the highest rank, then the lowest ordinal. Never refused. */
export const electLeader = (state: ServiceState, { data }: ElectLeader, ctx: Ctx): Decision<ServiceContextEvent> => {
  const service = state.services.get(data.serviceUid);
  if (service === undefined || !isLed(state, service)) return accept([]);
  const units = liveUnitsOf(state, service.uid).filter(
    (unit) => isBound(unit) && unit.goal === 'run' && !unit.fenced && unit.offer === null && unit.update === null,
  );
  const { now, wanted } = service.leader;
  if (now !== null && wanted === null) return accept(lostBySilence(state, service, units, data, ctx.now));
  const since = wanted?.since ?? 0;
  const answers = answersOf(units, data.candidates, since);
  const able = answers.filter(({ candidate }) => candidate.ok);
  const others = wanted?.why === 'step-down' ? able.filter(({ unit }) => unit.uid !== now?.unitUid) : able;
  if (others.length === 0) return accept(noneCan(service, answers.length, ctx.now));
  const first = Math.min(...answers.map(({ candidate }) => candidate.at));
  const isDown = (unit: UnitRow): boolean => data.downSince !== null && unit.uid === now?.unitUid;
  const awaited = units.filter(
    (unit) => canAnswer(unit) && !isDown(unit) && !answers.some((answer) => answer.unit.uid === unit.uid),
  );
  const isSettled = awaited.length === 0 || ctx.now - Math.max(since, first) >= electionMs;
  if (!isSettled) return accept([]);
  const [best] = others.sort((a, b) => b.candidate.rank - a.candidate.rank || a.unit.ordinal - b.unit.ordinal);
  return best === undefined ? accept([]) : accept([leaderChanged(service, best.unit, best.candidate.rank)]);
};

/** Its process has been started: before, nobody can ask it. */
const canAnswer = ({ deployed, stage, step }: UnitRow): boolean =>
  deployed || stage === 'relation-changed' || stage === 'up' || step?.step === 'start';

interface Answer {
  readonly unit: UnitRow;
  readonly candidate: Candidate;
}

/** Of units of now, given after `since`. */
const answersOf = (units: readonly UnitRow[], candidates: readonly Candidate[], since: number): Answer[] =>
  candidates.flatMap((candidate) => {
    const unit = units.find(({ uid }) => uid === candidate.unitUid);
    return unit !== undefined && unit.incarnation === candidate.incarnation && candidate.at >= since
      ? [{ unit, candidate }]
      : [];
  });

/** A leader is given up only where another can lead. */
const lostBySilence = (
  state: ServiceState,
  service: ServiceRow,
  units: readonly UnitRow[],
  { candidates, downSince }: ElectLeader['data'],
  now: number,
): ServiceContextEvent[] => {
  const leader = service.leader.now;
  if (leader === null || downSince === null || now - downSince < leaderHoldDownMs) return [];
  const unit = state.units.get(leader.unitUid);
  const canOther = answersOf(units, candidates, 0).some(
    (answer) => answer.candidate.ok && answer.unit.uid !== leader.unitUid,
  );
  if (unit === undefined || !canOther) return [];
  const { uid, name } = service;
  const message = `its process has been away for ${Math.round((now - downSince) / 1_000)} s`;
  const data = { uid, name, unitUid: unit.uid, unit: unit.name, message };
  return [{ stream: `service/${uid}`, type: 'LeaderLost', version: 1, data }];
};

/** Nobody can: who was asked to step down stays; who is lost is the leader no more, and it says why there is none. */
const noneCan = (service: ServiceRow, answers: number, now: number): ServiceContextEvent[] => {
  const { uid, name, leader } = service;
  const { wanted } = leader;
  if (wanted === null) return [];
  if (wanted.why === 'step-down') {
    if (now - wanted.since < stepDownMs) return [];
    const message = `no other unit can lead (${answers} asked)`;
    return [{ stream: `service/${uid}`, type: 'StepDownGivenUp', version: 1, data: { uid, name, message } }];
  }
  if (leader.now === null || now - wanted.since < electionMs) return [];
  const message = `${wanted.message}; none of ${answers} units that answered can lead`;
  const data = { uid, name, epoch: leader.epoch + 1, leader: null, message };
  return [{ stream: `service/${uid}`, type: 'LeaderChanged', version: 1, data }];
};

const leaderChanged = (service: ServiceRow, unit: UnitRow, rank: number): ServiceContextEvent => {
  const { uid, name, leader } = service;
  const why = leader.wanted === null ? 'the first' : leader.wanted.message;
  const chosen = { unitUid: unit.uid, unit: unit.name, ordinal: unit.ordinal, incarnation: unit.incarnation };
  const data = { uid, name, epoch: leader.epoch + 1, leader: chosen, message: `${why}; rank ${rank}`.slice(0, 500) };
  return { stream: `service/${uid}`, type: 'LeaderChanged', version: 1, data };
};
