import { pendingItem } from '@yiqiu/agent-queue';
import type { OutputRef, ServiceContextEvent, StepReport } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import type { EventOf } from '../events.ts';
import type { ServiceState } from '../state.ts';
import { unitsOn } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import { copyRemoved } from './move-events.ts';

/** An agent's report on one command; its output is kept as a blob by the shell. */
export type RecordStepReport = Command<
  'RecordStepReport',
  {
    readonly machineUid: string;
    readonly generation: number;
    readonly seq: number;
    readonly outcome: StepReport['outcome'];
    readonly exitCode: number | null;
    readonly message: string;
    readonly durationMs: number;
    readonly output: OutputRef;
    readonly orphans: StepReport['orphans'];
  }
>;

/**
 * The step has ended. A report on a command that waits no longer changes nothing, save where it tells of a removal that had
 * been given up: then there is nothing to clean up any more. Never refused.
 */
export const recordStepReport = (
  state: ServiceState,
  { data }: RecordStepReport,
  ctx: Ctx,
): Decision<ServiceContextEvent> => {
  const queue = state.queues.get(data.machineUid);
  const item = queue === undefined ? null : pendingItem(queue, data.generation, data.seq);
  const unit = item === null ? lateRemoval(state, data) : (state.units.get(item.ref.unitUid) ?? null);
  if (unit === null || unit.lastCommand === null) return accept([]);
  const isGone = unit.ghost && unit.lastCommand.step === 'remove' && data.outcome === 'succeeded';
  return accept([
    ended(unit, unit.lastCommand.step, data),
    ...orphaned(unit, data, ctx),
    ...(isGone ? copyRemoved(unit) : []),
  ]);
};

const lateRemoval = (
  state: ServiceState,
  { machineUid, generation, seq, outcome }: RecordStepReport['data'],
): UnitRow | null =>
  outcome === 'succeeded'
    ? (unitsOn(state, machineUid).find(
        ({ ghost, step, lastCommand }) =>
          ghost &&
          step === null &&
          lastCommand?.step === 'remove' &&
          lastCommand.generation === generation &&
          lastCommand.seq === seq,
      ) ?? null)
    : null;

const ended = (
  { uid, name, incarnation }: UnitRow,
  step: EventOf<'StepSucceeded'>['data']['step'],
  report: RecordStepReport['data'],
): ServiceContextEvent => {
  const { machineUid, generation, seq, durationMs, output } = report;
  const stream = `unit/${uid}`;
  const data = { uid, unit: name, incarnation, machineUid, step, generation, seq, durationMs, output };
  if (report.outcome === 'succeeded') return { stream, type: 'StepSucceeded', version: 1, data };
  const late = report.outcome === 'expired' ? 'not begun before its deadline' : '';
  const message = [late, report.message].filter((text) => text !== '').join(': ');
  return { stream, type: 'StepFailed', version: 1, data: { ...data, exitCode: report.exitCode, message } };
};

/** What a removal left of a unit's data: kept, listed, adoptable. */
const orphaned = (
  unit: UnitRow,
  { machineUid, orphans }: RecordStepReport['data'],
  ctx: Ctx,
): ServiceContextEvent[] => {
  const machine = unit.binding?.machine;
  if (machine === undefined) return [];
  return orphans.map(({ path, sizeBytes }) => {
    const uid = ctx.uuid();
    const { name, agentUid: unitUid, incarnation } = unit;
    const data = {
      uid,
      unit: name,
      unitUid,
      incarnation,
      machineUid,
      machine,
      path,
      sizeBytes,
      kind: unit.copy ? 'stale' : 'orphaned',
    } as const;
    return { stream: `data/${uid}`, type: 'DataOrphaned', version: 1, data };
  });
};
