import type { MachineContextEvent, OutputRef } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { unchanged } from '../answers.ts';
import { itemAt, revisionOf } from '../init-strategy/state.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import { resultUnknown } from './errors.ts';

export type RecordInitResult = Command<
  'RecordInitResult',
  {
    readonly machineUid: string;
    readonly generation: number;
    readonly seq: number;
    readonly outcome: 'succeeded' | 'failed' | 'expired';
    readonly exitCode: number | null;
    readonly message: string;
    readonly output: OutputRef;
  }
>;

/** Waits before the second, third, … try of a step, ms: doubled up to a minute. */
export const retryDelayMs = (tries: number): number => Math.min(2_000 * 2 ** (tries - 1), 60_000);
/** Characters of a report's message that the event keeps. */
const messageMax = 4_000;

/** An agent's report of a step or check. Refuses init-result-unknown where nothing of that number is waited for. */
export const recordInitResult = (
  state: MachineContextState,
  { data }: RecordInitResult,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const machine = state.machines.get(data.machineUid);
  const init = machine?.init ?? null;
  if (machine === undefined || init === null || init.seq !== data.seq || init.generation !== data.generation) {
    return refuse(resultUnknown(data.machineUid, data.generation, data.seq));
  }
  const item = must(
    itemAt(revisionOf(state, init.strategy, init.revision), init.index) ?? undefined,
    `item ${init.index}`,
  );
  const { uid, name } = machine;
  const { generation, seq, output } = data;
  const step = { uid, name, attempt: init.attempt, step: item.name, index: init.index, generation, seq, output };
  const stream = `machine/${uid}`;
  if (data.outcome === 'succeeded')
    return accept([{ stream, type: 'InitStepSucceeded', version: 1, data: step }], unchanged(uid));
  const again = data.outcome === 'expired' || init.try <= item.retries;
  const retryAt = again ? ctx.now + retryDelayMs(init.try) : null;
  const message = data.message.slice(0, messageMax);
  return accept(
    [{ stream, type: 'InitStepFailed', version: 1, data: { ...step, exitCode: data.exitCode, message, retryAt } }],
    unchanged(uid),
  );
};
