import { pendingItem } from '@yiqiu/agent-queue';
import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import { dataChangeEnded } from '../data/ended.ts';
import { isChanging } from '../data/state.ts';
import type { EventOf } from '../events.ts';
import type { ServiceState } from '../state.ts';
import { unitsOn } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import { copyRemoved } from './move-events.ts';
import { endMessage } from './step-end.ts';
import type { StepEnd } from './step-end.ts';

export type RecordStepReport = Command<'RecordStepReport', StepEnd>;

/**
 * The step has ended, or the order for data. A report on a command that waits no longer changes nothing, save where it tells
 * of a removal that had been given up: then there is nothing to clean up any more. Never refused.
 */
export const recordStepReport = (
  state: ServiceState,
  { data }: RecordStepReport,
  ctx: Ctx,
): Decision<ServiceContextEvent> => {
  const queue = state.queues.get(data.machineUid);
  const ref = queue === undefined ? null : (pendingItem(queue, data.generation, data.seq)?.ref ?? null);
  if (ref !== null && 'dataUid' in ref) return dataReported(state, ref.dataUid, data, ctx);
  const unit = ref === null ? lateRemoval(state, data) : (state.units.get(ref.unitUid) ?? null);
  if (unit === null || unit.lastCommand === null) return accept([]);
  const isGone = unit.ghost && unit.lastCommand.step === 'remove' && data.outcome === 'succeeded';
  return accept([
    ended(unit, unit.lastCommand.step, data),
    ...orphaned({ ...unit, machine: unit.binding?.machine ?? null, kind: unit.copy ? 'stale' : 'orphaned' }, data, ctx),
    ...(isGone ? copyRemoved(unit) : []),
  ]);
};

const dataReported = (
  state: ServiceState,
  dataUid: string,
  report: StepEnd,
  ctx: Ctx,
): Decision<ServiceContextEvent> => {
  const row = state.data.get(dataUid);
  if (row === undefined || !isChanging(row)) return accept([]);
  const { target } = row.change;
  const displaced =
    target === null
      ? []
      : orphaned(
          {
            name: target.unit,
            agentUid: target.unitUid,
            incarnation: target.incarnation,
            machine: row.machine,
            kind: 'orphaned',
          },
          report,
          ctx,
        );
  return accept([...displaced, ...dataChangeEnded(row, report)]);
};

const lateRemoval = (state: ServiceState, { machineUid, generation, seq, outcome }: StepEnd): UnitRow | null =>
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
  report: StepEnd,
): ServiceContextEvent => {
  const { machineUid, generation, seq, durationMs, output } = report;
  const stream = `unit/${uid}`;
  const data = { uid, unit: name, incarnation, machineUid, step, generation, seq, durationMs, output };
  if (report.outcome === 'succeeded') return { stream, type: 'StepSucceeded', version: 1, data };
  const { exitCode } = report;
  return { stream, type: 'StepFailed', version: 1, data: { ...data, exitCode, message: endMessage(report) } };
};

interface FormerOwner {
  readonly name: string;
  readonly agentUid: string;
  readonly incarnation: number;
  readonly machine: string | null;
  readonly kind: 'orphaned' | 'stale';
}

/** What a removal, or an adoption, left of a unit's data: kept, listed, adoptable. */
const orphaned = (
  { name, agentUid: unitUid, incarnation, machine, kind }: FormerOwner,
  { machineUid, orphans }: StepEnd,
  ctx: Ctx,
): ServiceContextEvent[] => {
  if (machine === null) return [];
  return orphans.map(({ path, sizeBytes }) => {
    const uid = ctx.uuid();
    const data = { uid, unit: name, unitUid, incarnation, machineUid, machine, path, sizeBytes, kind };
    return { stream: `data/${uid}`, type: 'DataOrphaned', version: 1, data };
  });
};
