import type { StepReason, UnitStep } from '@yiqiu/contracts';
import { queuePendingMax } from '@yiqiu/agent-queue';
import type { Ctx } from '@yiqiu/kernel';
import { Ahead, stepIssued } from '../deploy/move-events.ts';
import type { ServiceState } from '../state.ts';
import { agentQueueFull } from './errors.ts';
import type { UnitRow } from './state.ts';
import type { VerbOutcome } from './verb.ts';

/** A step that a person asks for goes into the queue at once, or is refused: agent-queue-full. */
export const issueNow = (
  state: ServiceState,
  unit: UnitRow,
  step: UnitStep,
  reason: StepReason,
  ctx: Ctx,
): VerbOutcome => {
  const pending = state.queues.get(unit.binding?.machineUid ?? '')?.pending.length ?? 0;
  if (pending >= queuePendingMax) {
    return { ok: false, error: agentQueueFull(unit, `its agent has ${pending} commands waiting`) };
  }
  const move = { do: 'issue', step, reason, changed: [] } as const;
  return { ok: true, events: [stepIssued(state, unit, move, ctx.now, new Ahead())] };
};
