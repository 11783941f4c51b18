import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import { operationFinished } from '../operation/start.ts';
import { verdictOf } from '../operation/verdict.ts';
import { reconcileUnits } from '../service/reconcile.ts';
import type { ServiceState } from '../state.ts';
import { servicesOf } from '../state.ts';
import { rolloutMove } from './config-rollout.ts';
import { Ahead, moveEvents, stepIssued } from './move-events.ts';
import { nextMove } from './next-move.ts';

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
  return unit === undefined ? nothing : accept(moveEvents(state, unit, nextMove(state, unit), ctx.now, new Ahead()));
};

/** Asks for units that are missing, tells the next unit the newest config, or ends a service that has no unit left. Never refused. */
export const advanceService = (state: ServiceState, uid: string, ctx: Ctx): Decision<ServiceContextEvent> => {
  const service = state.services.get(uid);
  if (service === undefined) return nothing;
  if (service.removing) return accept(serviceEnd(state, uid, service.name));
  const rollout = rolloutMove(state, service);
  const issued = rollout === null ? [] : [stepIssued(state, rollout.unit, rollout.move, ctx.now, new Ahead())];
  return accept([...reconcileUnits(state, service, service.desired, ctx), ...issued]);
};

const serviceEnd = (state: ServiceState, uid: string, name: string): ServiceContextEvent[] => {
  const holds = [...(state.index.unitsOfService.get(uid) ?? [])].some((unit) => state.units.get(unit)?.ghost === false);
  return holds ? [] : [{ stream: `service/${uid}`, type: 'ServiceRemoved', version: 1, data: { uid, name } }];
};

/** Ends a group that is being destroyed and has no service left. Never refused. */
export const advanceGroup = (state: ServiceState, uid: string): Decision<ServiceContextEvent> => {
  const group = state.groups.get(uid);
  if (group === undefined || group.destroying === null || servicesOf(state, uid).length > 0) return nothing;
  return accept([{ stream: `group/${uid}`, type: 'GroupRemoved', version: 1, data: { uid, name: group.name } }]);
};

/** Ends an operation whose end has come. Never refused. */
export const settleOperation = (state: ServiceState, uid: string): Decision<ServiceContextEvent> => {
  const operation = state.operations.get(uid);
  const verdict = operation?.state === 'running' ? verdictOf(state, operation) : null;
  return verdict === null ? nothing : accept([operationFinished(uid, verdict.state, verdict.message)]);
};
