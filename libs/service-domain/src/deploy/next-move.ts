import type { AgentQueue } from '@yiqiu/agent-queue';
import { queuePendingMax } from '@yiqiu/agent-queue';
import type { StepReason, UnitStep } from '@yiqiu/contracts';
import { unreachable } from '@yiqiu/kernel';
import type { CommandRef, ServiceState } from '../state.ts';
import { unitsOn } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import { drainBlock } from './drain.ts';
import { joinErrand } from './errand.ts';
import type { Errand } from './errand.ts';
import { lossMove } from './loss-move.ts';
import { newsMove } from './news.ts';
import { startBlock } from './start-block.ts';

/** What is done with a unit next. `wait` says what for; null where there is nothing to wait for. */
export type Move =
  | {
      readonly do: 'issue';
      readonly step: UnitStep;
      readonly reason: StepReason;
      readonly changed: readonly string[];
      /** Of relation-departed. */
      readonly relation?: string;
      /** Of member steps: the unit that comes or went. */
      readonly member?: string;
    }
  | { readonly do: 'errand'; readonly errand: Errand }
  | { readonly do: 'ready' | 'stopped' | 'removed' | 'migrate' | 'switch' }
  | { readonly do: 'wait'; readonly message: string | null };

export const wait = (message: string | null): Move => ({ do: 'wait', message });
export const issue = (step: UnitStep, reason: StepReason): Move => ({ do: 'issue', step, reason, changed: [] });

/**
 * The one rule of unit_deploy: from what a unit is to what is done with it next. `reported` says that its agent has just
 * told what is really there.
 */
export const nextMove = (state: ServiceState, unit: UnitRow, reported = false): Move => {
  const { binding } = unit;
  if (binding === null) {
    if (unit.goal === 'leave') return { do: 'removed' };
    return wait(unit.placement ?? 'waits for a machine');
  }
  const lost = unit.ghost || unit.goal === 'leave' ? null : lossMove(state, unit, binding, reported);
  if (lost !== null) return lost;
  if (unit.goal === 'leave' && !unit.ghost && unit.fenced) return { do: 'removed' };
  if (unit.step !== null) return wait(`${unit.step.step} is with the agent of ${binding.machine}`);
  if (unit.failed !== null) return wait(null);
  const move = unit.ghost ? ghostMove(unit) : moveOf(state, unit);
  if (move.do !== 'issue') return move;
  return queueBlock(state.queues.get(binding.machineUid) ?? null, unit, reported) ?? move;
};

const moveOf = (state: ServiceState, unit: UnitRow): Move => {
  switch (unit.goal) {
    case 'leave':
      return leaveMove(state, unit);
    case 'stop':
      return stopMove(state, unit);
    case 'run':
      return runMove(state, unit);
    default:
      return unreachable(unit.goal, 'unit goal');
  }
};

const leaveMove = (state: ServiceState, unit: UnitRow): Move => {
  if (unit.lastCommand === null || unit.ended.includes('remove')) return { do: 'removed' };
  const reason = unit.leaving ?? 'remove';
  if (unit.ended.includes('stop')) return issue('remove', reason);
  return drainBlock(state, unit) ?? issue('stop', reason);
};

/** Only a report of the agent begins to lay a ghost; what it began goes on from `stop` to `remove`. */
const ghostMove = (unit: UnitRow): Move =>
  unit.ended.length === 1 && unit.ended.includes('stop') ? issue('remove', 'remove') : wait(null);

const stopMove = (state: ServiceState, unit: UnitRow): Move => {
  if (unit.stopped) return wait(null);
  const neverStarted = !unit.deployed && (unit.stage === 'install' || unit.stage === 'config-changed');
  if (neverStarted || unit.ended.includes('stop')) return { do: 'stopped' };
  return drainBlock(state, unit) ?? issue('stop', 'deploy');
};

const runMove = (state: ServiceState, unit: UnitRow): Move => {
  if (unit.update !== null) return updateMove(state, unit, unit.update.reason);
  if (unit.stage === 'up') return unit.deployed ? newsMove(state, unit) : { do: 'ready' };
  if (unit.stage === 'install') {
    const left = leftInHome(state, unit);
    if (left !== null) return wait(`waits until what is left of ${left.name} is cleared from its home`);
  }
  if (unit.stage === 'start') {
    const blocked = startBlock(state, unit);
    if (blocked !== null) return wait(blocked);
    const errand = joinErrand(state, unit);
    if (errand !== null) {
      const { on } = errand;
      return on.step === null ? { do: 'errand', errand } : wait(`waits for ${on.name} to take it in as a member`);
    }
  }
  return issue(unit.stage, unit.cause);
};

/** A copy that still has the home which the unit was given: a home is of one incarnation at a time. */
const leftInHome = (state: ServiceState, { binding }: UnitRow): UnitRow | null =>
  binding === null
    ? null
    : (unitsOn(state, binding.machineUid).find(({ ghost, binding: old }) => ghost && old?.home === binding.home) ??
      null);

/** Stopped by its old version, then switched; what never came up has nothing to stop. */
const updateMove = (state: ServiceState, unit: UnitRow, reason: 'upgrade' | 'rollback'): Move => {
  if (unit.ended.includes('stop') || unit.lastCommand === null) return { do: 'switch' };
  return drainBlock(state, unit) ?? issue('stop', reason);
};

/** Why a step cannot go into the agent's queue now. */
const queueBlock = (queue: AgentQueue<CommandRef> | null, unit: UnitRow, reported: boolean): Move | null => {
  if (queue === null) return null;
  if (queue.pending.length >= queuePendingMax) {
    return wait(`the queue of ${unit.binding?.machine ?? 'its machine'} is full with ${queuePendingMax} commands`);
  }
  // A new journal: what the old one did may be gone, so the way up goes on only from a report of what is there.
  const forgotten = unit.lastCommand !== null && unit.lastCommand.generation < queue.generation;
  return forgotten && !reported && unit.goal === 'run' && !unit.ghost
    ? wait(`waits for the agent of ${unit.binding?.machine ?? 'its machine'} to report what is there`)
    : null;
};
