import type { ServiceContextEvent, UnitReport } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import { unitsOn } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import { manifestOf } from '../state.ts';
import { publishedEvents } from '../relation/published.ts';
import { Ahead, copyRemoved, moveEvents } from './move-events.ts';
import { repairPauseMs } from './budget.ts';
import type { Move } from './next-move.ts';
import { nextMove } from './next-move.ts';

export type ReportedUnit = Pick<
  UnitReport,
  'unitUid' | 'incarnation' | 'process' | 'ready' | 'message' | 'lastSeq' | 'relationData'
>;

/** What an agent says really is on its machine. */
export type RecordStateReport = Command<
  'RecordStateReport',
  {
    readonly machineUid: string;
    readonly generation: number;
    readonly acceptedUpTo: number;
    readonly units: readonly ReportedUnit[];
  }
>;

/** A unit that a report does not list is believed to be absent only this long after its last command ended. */
const settleMs = 5_000;
/** Between two tries to lay a ghost. */
const ghostPauseMs = 30_000;
const messageLengthMax = 500;

/**
 * Compares what should be with what is, and issues what is missing. A report that is older than a unit's last command, or of
 * another journal, says nothing about it. What is as it should be makes no event. Never refused.
 */
export const recordStateReport = (
  state: ServiceState,
  { data }: RecordStateReport,
  ctx: Ctx,
): Decision<ServiceContextEvent> => {
  const queue = state.queues.get(data.machineUid);
  if (queue !== undefined && queue.generation !== data.generation) return accept([]);
  const reported = new Map(data.units.map((unit) => [incarnationKey(unit.unitUid, unit.incarnation), unit]));
  const ahead = new Ahead();
  const events = unitsOn(state, data.machineUid)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.incarnation - b.incarnation))
    .flatMap((unit) => {
      const found = reported.get(incarnationKey(unit.agentUid, unit.incarnation)) ?? null;
      const published = found === null || unit.ghost ? [] : publishedEvents(state, unit, found.relationData);
      if (unit.step !== null || !isNewer(unit, data) || isOutgranted(unit, data)) return published;
      const repairs = unit.ghost
        ? ghostEvents(state, unit, found, ctx, ahead)
        : unitEvents(state, unit, found, ctx, ahead);
      return [...published, ...repairs];
    });
  return accept(events);
};

/** The agent has a higher incarnation than we know of: our log has lost its end, and nothing is done to what it knows better. */
const isOutgranted = (unit: UnitRow, { units }: RecordStateReport['data']): boolean =>
  units.some(({ unitUid, incarnation }) => unitUid === unit.agentUid && incarnation > unit.incarnation && !unit.ghost);

const incarnationKey = (unitUid: string, incarnation: number): string => `${unitUid} ${incarnation}`;

const isNewer = ({ lastCommand }: UnitRow, { generation, acceptedUpTo }: RecordStateReport['data']): boolean =>
  lastCommand === null || lastCommand.generation < generation || lastCommand.seq <= acceptedUpTo;

/** True where the report of a unit was made after its last command was done. */
const sawLast = ({ lastCommand }: UnitRow, found: ReportedUnit, generation: number): boolean =>
  lastCommand === null || lastCommand.generation < generation || found.lastSeq >= lastCommand.seq;

/**
 * Its home is there, but the agent's record of it is lost: a unit that was ready has had several commands done, and the agent
 * knows of none. Installed again it is taken over as it is, with its process where that runs, and with its data.
 */
const isUnrecorded = ({ deployed, lastCommand }: UnitRow, { lastSeq }: ReportedUnit): boolean =>
  deployed && lastCommand !== null && lastSeq === 0;

const issue = (step: 'install' | 'start' | 'stop', reason: 'boot' | 'retry' | 'remove' | 'deploy'): Move => ({
  do: 'issue',
  step,
  reason,
  changed: [],
});

const unitEvents = (
  state: ServiceState,
  unit: UnitRow,
  found: ReportedUnit | null,
  ctx: Ctx,
  ahead: Ahead,
): ServiceContextEvent[] => {
  if (isProvenGone(unit, found, ctx.now)) return [fencedByAgent(unit)];
  const generation = state.queues.get(unit.binding?.machineUid ?? '')?.generation ?? 1;
  const isOld =
    found === null || isUnrecorded(unit, found) ? ctx.now - unit.endedAt < settleMs : !sawLast(unit, found, generation);
  if (isOld) return [];
  const health =
    unit.deployed && unit.goal === 'run' && unit.failed === null && unit.offer === null && !unit.fenced
      ? healthEvents(unit, found)
      : [];
  const move = repairMove(state, unit, found, ctx.now);
  return [...health, ...(move === null ? [] : moveEvents(state, unit, move, ctx, ahead))];
};

/** It is to move, and its agent, which is back, says that it does not run: that is the proof which it waits for. */
const isProvenGone = (unit: UnitRow, found: ReportedUnit | null, now: number): boolean => {
  if (unit.offer === null || unit.fenced) return false;
  if (found === null) return now - unit.endedAt >= settleMs;
  return found.process === 'stopped' || found.process === 'gave-up';
};

const fencedByAgent = ({ uid, name, incarnation, binding }: UnitRow): ServiceContextEvent => {
  if (binding === null) throw new Error(`${name} has no machine to be fenced on`);
  const data = { uid, unit: name, incarnation, machineUid: binding.machineUid, how: 'agent' };
  return { stream: `unit/${uid}`, type: 'UnitFenced', version: 1, data };
};

/** Health as the agent sees it, where it is another than before. */
const healthEvents = (unit: UnitRow, found: ReportedUnit | null): ServiceContextEvent[] => {
  const healthy = found !== null && found.process === 'running' && found.ready;
  if (healthy === unit.health.ok) return [];
  const { uid, name, incarnation } = unit;
  const message = healthy ? '' : unhealthyText(found).slice(0, messageLengthMax);
  const data = { uid, unit: name, incarnation, healthy, message };
  return [{ stream: `unit/${uid}`, type: 'UnitHealthChanged', version: 1, data }];
};

const unhealthyText = (found: ReportedUnit | null): string => {
  if (found === null) return 'nothing of it is on its machine';
  const what = found.process === 'running' ? 'not ready' : `its process is ${found.process}`;
  return found.message === '' ? what : `${what}: ${found.message}`;
};

/** What has to be done about the difference, or null. */
const repairMove = (state: ServiceState, unit: UnitRow, found: ReportedUnit | null, now: number): Move | null => {
  // It is on its way elsewhere, or proven gone: nothing starts it here any more.
  if (unit.offer !== null || unit.fenced) return nextMove(state, unit, true);
  if (unit.failed !== null) return null;
  if (unit.goal === 'leave') return nextMove(state, unit, true);
  if (unit.goal === 'stop') {
    return unit.stopped && found?.process === 'running' ? issue('stop', 'deploy') : nextMove(state, unit, true);
  }
  if (!unit.deployed) {
    const lost = found === null && unit.lastCommand !== null && unit.stage !== 'install';
    return lost ? issue('install', 'retry') : nextMove(state, unit, true);
  }
  const wrong = found === null || isUnrecorded(unit, found) ? issue('install', 'retry') : processRepair(found);
  if (wrong === null) return unit.stage === 'up' ? null : nextMove(state, unit, true);
  return now - unit.repair.at < repairPauseMs(unit.repair.attempts) ? null : wrong;
};

const processRepair = ({ process }: ReportedUnit): Move | null => {
  switch (process) {
    case 'stopped':
      return issue('start', 'boot');
    case 'gave-up':
      return issue('start', 'retry');
    case 'running':
    case 'starting':
    case 'stopping':
      return null;
  }
};

/** A unit that was given up, on a machine that is back: what is left of it is stopped and removed, its data kept. */
const ghostEvents = (
  state: ServiceState,
  unit: UnitRow,
  found: ReportedUnit | null,
  ctx: Ctx,
  ahead: Ahead,
): ServiceContextEvent[] => {
  if (ctx.now - unit.endedAt < (found === null ? settleMs : ghostPauseMs)) return [];
  if (found !== null && successorComes(state, unit)) return [];
  if (found !== null) return moveEvents(state, unit, issue('stop', 'remove'), ctx, ahead);
  const { lastCommand, binding, uid, name, incarnation } = unit;
  if (lastCommand === null || binding === null) return [];
  const { generation, seq } = lastCommand;
  const { machineUid } = binding;
  const data = {
    uid,
    unit: name,
    incarnation,
    machineUid,
    step: 'remove',
    generation,
    seq,
    durationMs: 0,
    output: null,
  } as const;
  return [{ stream: `unit/${uid}`, type: 'StepSucceeded', version: 1, data }, ...copyRemoved(unit)];
};

/** A copy that serves goes when its successor serves, where two of them do no harm. */
const successorComes = (state: ServiceState, copy: UnitRow): boolean => {
  const successor = copy.copy ? state.units.get(copy.agentUid) : undefined;
  if (successor === undefined || copy.fenced) return false;
  return manifestOf(state, copy.programUid).fencing === 'none' && !successor.deployed && successor.failed === null;
};
