import { configOf } from '../service/state.ts';
import { rolloutOf } from '../rollout/start.ts';
import type { ServiceState } from '../state.ts';
import { tallyOf, unitsOf } from '../state.ts';
import { failureText } from '../unit/failure-text.ts';
import { isSettled } from '../unit/lifecycle.ts';
import { isStale } from './progress.ts';
import { scopeOf, servicesIn, unitsIn } from './scope.ts';
import type { OperationRow } from './state.ts';

export type Verdict = { readonly state: 'succeeded' | 'failed' | 'cancelled'; readonly message: string | null };

/**
 * Whether an operation has come to its end, by what is: what it asked for stands, or a unit in its scope has failed since it
 * began. Null while it goes on.
 */
export const verdictOf = (state: ServiceState, operation: OperationRow): Verdict | null => {
  // The agent's report ends it, not what is.
  if (scopeOf(operation.kind) === 'data') return null;
  if (operation.kind === 'unit') return unitVerdict(state, operation);
  if (operation.kind === 'destroy')
    return state.groups.has(operation.targetUid) ? null : { state: 'succeeded', message: null };
  const services = servicesIn(state, operation);
  if (operation.kind !== 'apply' && services.length === 0)
    return { state: 'cancelled', message: `${operation.target} is gone` };
  if (operation.kind === 'apply' && !state.groups.has(operation.targetUid)) {
    return { state: 'cancelled', message: `${operation.target} is gone` };
  }
  const rollout = rolloutVerdict(state, operation);
  if (rollout !== 'none') return rollout;
  if (services.some((uid) => tallyOf(state, uid).failed > 0)) {
    const failed = failedSince(state, operation);
    if (failed !== null) return { state: 'failed', message: failed };
  }
  return services.every((uid) => stands(state, uid)) ? { state: 'succeeded', message: null } : null;
};

const unitVerdict = (state: ServiceState, operation: OperationRow): Verdict | null => {
  const unit = state.units.get(operation.targetUid);
  if (unit === undefined || unit.ghost || unit.goal === 'leave') {
    return { state: 'cancelled', message: `${operation.target} is being removed` };
  }
  if (unit.failed !== null) return { state: 'failed', message: failureText(unit) };
  return isSettled(unit) ? { state: 'succeeded', message: null } : null;
};

/** What has become of the roll-outs that it began: null while one goes on. */
const rolloutVerdict = (state: ServiceState, { uid }: OperationRow): Verdict | null | 'none' => {
  const own = [...state.deployments.values()].filter(({ operation }) => operation === uid);
  for (const { state: now, message, service } of own) {
    if (now === 'failed' || now === 'rolled-back')
      return { state: 'failed', message: `${service}: ${now}${message === null ? '' : `: ${message}`}` };
    if (now === 'cancelled') return { state: 'cancelled', message };
    if (now === 'paused') return { state: 'failed', message: `${service}: the roll-out is paused: ${message ?? ''}` };
    if (now !== 'succeeded') return null;
  }
  return 'none';
};

const failedSince = (state: ServiceState, operation: OperationRow): string | null => {
  const failed = unitsIn(state, operation).find(
    (unit) => unit.failed !== null && unit.goal !== 'leave' && unit.failed.at >= operation.startedAt,
  );
  return failed === undefined ? null : failureText(failed);
};

/** As many units as desired, each where it should be, none on its way out, all with the newest config. */
const stands = (state: ServiceState, serviceUid: string): boolean => {
  const service = state.services.get(serviceUid);
  const tally = tallyOf(state, serviceUid);
  if (service === undefined || service.removing) return false;
  if (tally.live !== service.desired || tally.leaving > 0 || tally.settled !== tally.live) return false;
  const { revision } = configOf(service);
  if (rolloutOf(state, serviceUid) !== null) return false;
  return !unitsOf(state, serviceUid).some((unit) => !unit.ghost && unit.failed === null && isStale(unit, revision));
};
