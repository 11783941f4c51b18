import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import { gateFailed } from '../rollout/advance.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import { holdsOnDeadline } from './budget.ts';

export type Tick = Command<'Tick', { readonly now: number }>;

const dueMax = 100;

/**
 * Units on their way down whose time is over: what is still in use is stopped all the same, and what their agent did not answer is recorded as failed, and the way
 * out goes on. Never refused.
 */
export const tickDeadlines = (state: ServiceState, { data }: Tick): Decision<ServiceContextEvent> =>
  accept(
    state.index.deadlines.due(data.now, dueMax).flatMap((uid) => {
      const rollout = state.deployments.get(uid);
      if (rollout !== undefined) return gateFailed(state, rollout);
      const unit = state.units.get(uid);
      return unit === undefined ? [] : unanswered(state, unit);
    }),
  );

const unanswered = (state: ServiceState, unit: UnitRow): ServiceContextEvent[] => {
  const { uid, name, incarnation, step, binding, programUid } = unit;
  if (binding === null) return [];
  if (step === null) {
    const message = 'its requirers did not say in time that they use it no more';
    return [{ stream: `unit/${uid}`, type: 'UnitDrained', version: 1, data: { uid, unit: name, message } }];
  }
  const { machineUid, machine } = binding;
  const holds = holdsOnDeadline(manifestOf(state, programUid), step.step);
  const then = holds ? 'a person decides: retry or skip' : 'the removal goes on without it';
  const message = `no answer from the agent of ${machine} in time; ${then}`;
  const { generation, seq } = step;
  const where = { uid, unit: name, incarnation, machineUid, step: step.step, generation, seq };
  const data = { ...where, exitCode: null, message, durationMs: 0, output: null };
  return [{ stream: `unit/${uid}`, type: 'StepFailed', version: 1, data }];
};
