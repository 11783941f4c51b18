import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import { Ahead, stepIssued } from '../deploy/move-events.ts';
import { nextMove } from '../deploy/next-move.ts';
import type { EventOf } from '../events.ts';
import { changedSince } from '../service/state.ts';
import type { ServiceRow } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf } from '../state.ts';
import { failureText } from '../unit/failure-text.ts';
import { isServing } from '../unit/lifecycle.ts';
import { isLeader } from '../unit/place.ts';
import type { UnitRow } from '../unit/state.ts';
import { rollBack } from './roll-back.ts';
import { finished, rolloutOf } from './start.ts';
import type { DeploymentRow } from './state.ts';
import { gateMs } from './state.ts';
import { failedBy, floorOf, inTurn, isBehind, isThere, isUnderway, unhealthyBy } from './units.ts';

/**
 * What a service's roll-out does next: ends, stops at a failure, or takes the next units, as many as canary, batch, floor
 * and health of those before allow. Nothing while it is paused.
 */
export const advanceRollout = (state: ServiceState, service: ServiceRow, ctx: Ctx): ServiceContextEvent[] => {
  const rollout = rolloutOf(state, service.uid);
  if (rollout === null) return [];
  const units = inTurn(state, service);
  if (rollout.state === 'paused') return isMended(rollout, units) ? [resumed(rollout)] : [];
  const failed = rollout.state === 'running' ? units.find((unit) => failedBy(rollout, unit)) : undefined;
  if (failed !== undefined) return afterFailure(state, service, rollout, failureText(failed));
  const behind = units.filter(
    (unit) => isBehind(service, unit) || (rollout.state === 'rolling-back' && unit.failed !== null),
  );
  if (behind.length === 0 && units.every((unit) => isThere(service, unit))) {
    const back = rollout.state === 'rolling-back';
    return [finished(rollout, back ? 'rolled-back' : 'succeeded', rollout.message)];
  }
  const ahead = new Ahead();
  return nextUnits(state, service, rollout, units, behind).flatMap((unit) =>
    updateEvents(state, service, rollout, unit, { ctx, ahead }),
  );
};

const isMended = (rollout: DeploymentRow, units: readonly UnitRow[]): boolean =>
  rollout.held && !units.some((unit) => failedBy(rollout, unit));

const resumed = ({ uid, serviceUid }: DeploymentRow): EventOf<'DeploymentResumed'> => ({
  stream: `deployment/${uid}`,
  type: 'DeploymentResumed',
  version: 1,
  data: { uid, serviceUid },
});

/** A unit that the roll-out reached has been unhealthy for too long. */
export const gateFailed = (state: ServiceState, rollout: DeploymentRow): ServiceContextEvent[] => {
  const service = state.services.get(rollout.serviceUid);
  const unit = service === undefined ? undefined : unhealthyBy(state, service)[0];
  if (service === undefined || unit === undefined || rollout.state !== 'running') return [];
  const message = `${unit.name} has been unhealthy for ${gateMs / 1_000} s since it was changed: ${unit.health.message}`;
  return afterFailure(state, service, rollout, message);
};

const afterFailure = (
  state: ServiceState,
  service: ServiceRow,
  rollout: DeploymentRow,
  message: string,
): ServiceContextEvent[] => {
  const policy = rollout.kind === 'rollback' ? 'manual' : manifestOf(state, rollout.to.programUid).update.rollback;
  if (policy === 'auto') return rollBack(state, service, rollout, message);
  const { uid, serviceUid } = rollout;
  const data = { uid, serviceUid, held: true, message };
  return [{ stream: `deployment/${uid}`, type: 'DeploymentPaused', version: 1, data }];
};

const nextUnits = (
  state: ServiceState,
  service: ServiceRow,
  rollout: DeploymentRow,
  units: readonly UnitRow[],
  behind: readonly UnitRow[],
): UnitRow[] => {
  const underway = units.filter((unit) => isUnderway(service, unit)).length;
  const there = units.filter((unit) => isThere(service, unit)).length;
  const { canary, maxParallel } = service.spec.update;
  const isCanary = rollout.state === 'running' && there < canary;
  const room = (isCanary ? canary - there : Math.max(1, maxParallel)) - underway;
  const ready = behind.filter((unit) => isUntouched(state, unit));
  let spare = units.filter(isServing).length - floorOf(service);
  const chosen: UnitRow[] = [];
  for (const unit of ready) {
    if (chosen.length >= room) break;
    if (isServing(unit) && --spare < 0) break;
    chosen.push(unit);
  }
  return chosen;
};

/** Nothing is with its agent, and its agent's queue takes a command now. */
const isUntouched = (state: ServiceState, unit: UnitRow): boolean => {
  if (unit.step !== null || unit.update !== null) return false;
  if (unit.failed !== null) return true;
  const move = nextMove(state, {
    ...unit,
    stage: 'config-changed',
    told: { ...unit.told, leader: Number.MAX_SAFE_INTEGER },
  });
  return move.do === 'issue';
};

const updateEvents = (
  state: ServiceState,
  service: ServiceRow,
  rollout: DeploymentRow,
  unit: UnitRow,
  { ctx, ahead }: { readonly ctx: Ctx; readonly ahead: Ahead },
): ServiceContextEvent[] => {
  const isUpgrade = unit.programUid !== service.spec.program.uid || unit.failed !== null;
  const changed = changedSince(service, unit.configRevision);
  const handOver = isUpgrade || mayRestart(state, service, changed) ? stepDown(state, service, unit) : null;
  if (handOver !== null) return handOver;
  if (isUpgrade) {
    const reason = rollout.state === 'rolling-back' || rollout.kind === 'rollback' ? 'rollback' : 'upgrade';
    const data = {
      uid: unit.uid,
      unit: unit.name,
      programUid: service.spec.program.uid,
      reason,
      deployment: rollout.uid,
    } as const;
    return [{ stream: `unit/${unit.uid}`, type: 'UnitUpdateRequested', version: 1, data }];
  }
  // A revision that changes nothing asks for a restart (`service/restart.ts`).
  const step = changed.length === 0 ? 'restart' : 'config-changed';
  const move = { do: 'issue', step, reason: 'config', changed } as const;
  return [stepIssued(state, unit, move, ctx.now, ahead)];
};

/** Every changed key says of itself that its change is taken in place (`x-apply: live` or `reload`)? Then nobody hands over. */
const mayRestart = (state: ServiceState, service: ServiceRow, changed: readonly string[]): boolean => {
  const { properties } = manifestOf(state, service.spec.program.uid).config;
  const applies = changed.map((key) => {
    const schema = properties[key];
    return typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? schema['x-apply'] : undefined;
  });
  return applies.length === 0 || applies.some((apply) => apply !== 'live' && apply !== 'reload');
};

/** The leader's turn is the last: it hands over first, where others are that can. Null: nothing of the kind is needed. */
const stepDown = (state: ServiceState, service: ServiceRow, unit: UnitRow): EventOf<'StepDownRequested'>[] | null => {
  const { wanted, stays } = service.leader;
  if (!isLeader(state, unit) || stays || service.desired < 2 || !isServing(unit)) return null;
  if (wanted !== null) return [];
  const { uid, name } = service;
  const data = { uid, name, unitUid: unit.uid, unit: unit.name, message: 'its turn in the roll-out has come' };
  return [{ stream: `service/${uid}`, type: 'StepDownRequested', version: 1, data }];
};
