import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import { operationFinished } from '../operation/start.ts';
import { verdictOf } from '../operation/verdict.ts';
import { reconcileUnits } from '../service/reconcile.ts';
import type { ServiceState } from '../state.ts';
import { servicesOf, unitsOf } from '../state.ts';
import { advanceRollout } from '../rollout/advance.ts';
import { farewellErrand } from './errand.ts';
import { Ahead, moveEvents, stepIssued } from './move-events.ts';
import { isInTurns, turnsLeft } from './news.ts';
import { nextMove } from './next-move.ts';
import type { Move } from './next-move.ts';
import type { UnitRow } from '../unit/state.ts';
import { relationsEnded, virtualRemoved } from '../relation/change.ts';

/** The context's own commands: what its events call for. Each finds out anew what is to be done, so that none is stale. */
export type Advance =
  | Command<'AdvanceUnit', { readonly uid: string }>
  | Command<'AdvanceService', { readonly uid: string }>
  | Command<'AdvanceGroup', { readonly uid: string }>
  | Command<'SettleOperation', { readonly uid: string }>;

const nothing = accept<ServiceContextEvent>([]);

/** Does what unit_deploy does next with a unit. Never refused. */
export const advanceUnit = (state: ServiceState, uid: string, ctx: Ctx): Decision<ServiceContextEvent> => {
  const unit = state.units.get(uid);
  if (unit === undefined) return nothing;
  const move = nextMove(state, unit);
  return isInTurns(unit, move) ? nothing : accept(moveEvents(state, unit, move, ctx, new Ahead()));
};

/**
 * Asks for units that are missing, takes the roll-out further, tells units what is new around them, or ends a service that
 * has no unit left. Never refused.
 */
export const advanceService = (state: ServiceState, uid: string, ctx: Ctx): Decision<ServiceContextEvent> => {
  const service = state.services.get(uid);
  if (service === undefined) return nothing;
  if (service.removing) return accept(serviceEnd(state, uid, service.name));
  const missing = reconcileUnits(state, service, service.desired, ctx);
  const rollout = advanceRollout(state, service, ctx);
  // What a roll-out does to a unit comes first: the others are told in the next round.
  if (rollout.length > 0) return accept([...missing, ...rollout]);
  return accept([...missing, ...unitsOnward(state, uid, ctx)]);
};

/** What can go on with a service's units, as many at a time as its update policy allows. */
const unitsOnward = (state: ServiceState, serviceUid: string, ctx: Ctx): ServiceContextEvent[] => {
  const ahead = new Ahead();
  const service = state.services.get(serviceUid);
  const farewell = service === undefined ? null : farewellErrand(state, service);
  if (farewell !== null) return [stepIssued(state, farewell.on, farewell.move, ctx.now, ahead)];
  const free = unitsOf(state, serviceUid).filter(({ step, ghost }) => step === null && !ghost);
  const moves = free.map((unit) => ({ unit, move: nextMove(state, unit) }));
  const inTurns = moves
    .filter(({ unit, move }) => isInTurns(unit, move))
    .sort((a, b) => a.unit.endedAt - b.unit.endedAt)
    .slice(0, turnsLeft(state, serviceUid));
  const all = [...moves.filter(({ unit, move }) => !isInTurns(unit, move)), ...inTurns];
  return onceEach(all).flatMap(({ unit, move }) => moveEvents(state, unit, move, ctx, ahead));
};

interface UnitMove {
  readonly unit: UnitRow;
  readonly move: Move;
}

/** Whoever does an errand for another does nothing else meanwhile, and one errand at a time. */
const onceEach = (moves: readonly UnitMove[]): UnitMove[] => {
  const busy = new Set<string>();
  return moves.filter(({ unit, move }) => {
    const acting = move.do === 'errand' ? move.errand.on.uid : move.do === 'issue' ? unit.uid : null;
    if (acting === null) return true;
    if (busy.has(acting)) return false;
    busy.add(acting);
    return true;
  });
};

/** Its relations end with it. */
const serviceEnd = (state: ServiceState, uid: string, name: string): ServiceContextEvent[] => {
  const holds = [...(state.index.unitsOfService.get(uid) ?? [])].some((unit) => state.units.get(unit)?.ghost === false);
  if (holds) return [];
  return [
    ...relationsEnded(state, uid),
    { stream: `service/${uid}`, type: 'ServiceRemoved', version: 1, data: { uid, name } },
  ];
};

/** Ends a group that is being destroyed and has no service left. Never refused. */
export const advanceGroup = (state: ServiceState, uid: string): Decision<ServiceContextEvent> => {
  const group = state.groups.get(uid);
  if (group === undefined || group.destroying === null || servicesOf(state, uid).length > 0) return nothing;
  const virtuals = [...state.virtuals.values()].filter(({ groupUid }) => groupUid === uid);
  return accept([
    ...virtuals.flatMap((virtual) => virtualRemoved(state, virtual)),
    { stream: `group/${uid}`, type: 'GroupRemoved', version: 1, data: { uid, name: group.name } },
  ]);
};

/** Ends an operation whose end has come. Never refused. */
export const settleOperation = (state: ServiceState, uid: string): Decision<ServiceContextEvent> => {
  const operation = state.operations.get(uid);
  const verdict = operation?.state === 'running' ? verdictOf(state, operation) : null;
  return verdict === null ? nothing : accept([operationFinished(uid, verdict.state, verdict.message)]);
};
