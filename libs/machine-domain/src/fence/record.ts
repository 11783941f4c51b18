import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept, refusal, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import { machineUnknown } from '../machine/errors.ts';
import type { MachineContextState } from '../state.ts';
import { fenced } from './events.ts';

/** What became of a try. `again` false: no driver can, so a person is waited for. */
export type RecordFence = Command<
  'RecordFence',
  {
    readonly machineUid: string;
    readonly fenceId: string;
    readonly outcome:
      | {
          readonly ok: true;
          /** The driver. */
          readonly how: 'local' | 'redfish';
          /** What it found and ended, where it knows. */
          readonly incarnations: readonly { readonly unit: string; readonly incarnation: number }[];
        }
      | { readonly ok: false; readonly message: string; readonly again: boolean };
  }
>;

/** Waits before the second, third, … try, ms: doubled from 1 s up to 5 min. */
export const fenceRetryMs = (attempts: number): number => Math.min(1_000 * 2 ** (attempts - 1), 300_000);
const messageMax = 1_000;

/**
 * Refuses: machine-unknown, fence-unknown (it is not waited for any more), fence-void (the machine was heard of meanwhile, so
 * that it may have started something since).
 */
export const recordFence = (
  state: MachineContextState,
  { data }: RecordFence,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const machine = state.machines.get(data.machineUid);
  if (machine === undefined) return refuse(machineUnknown(data.machineUid));
  const { uid, name, fence } = machine;
  const { fenceId, outcome } = data;
  if (fence?.fenceId !== fenceId) {
    return refuse(refusal('conflict', 'fence-unknown', `machine ${name} waits for no fence ${fenceId}`));
  }
  if (outcome.ok) {
    if (!machine.suspect) {
      return refuse(refusal('conflict', 'fence-void', `machine ${name} was heard of while it was fenced`));
    }
    const { how, incarnations } = outcome;
    return accept([fenced(machine, { fenceId, incarnations, how, by: how, reason: fence.reason })], changed(uid));
  }
  const attempt = fence.attempts + 1;
  const retryAt = outcome.again ? ctx.now + fenceRetryMs(attempt) : null;
  const message = outcome.message.slice(0, messageMax);
  return accept(
    [
      {
        stream: `machine/${uid}`,
        type: 'FenceFailed',
        version: 1,
        data: { uid, name, fenceId, attempt, message, retryAt },
      },
    ],
    changed(uid),
  );
};
