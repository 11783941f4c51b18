import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import type { Decision } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import type { Verb } from './change.ts';
import type { Machine } from './state.ts';

/** OFFLINE → (outside): leaves the system; its history stays in the log. */
export const leave: Verb = (_, machine, { reason }) => gone(machine, 'MachineLeft', reason);

/** The machine and, with it, its agent's queue. */
export const gone = (
  { uid, name }: Machine,
  type: 'MachineLeft' | 'MachineDiscarded',
  reason: string | null,
): Decision<MachineContextEvent> =>
  accept(
    [
      { stream: `machine/${uid}`, type, version: 1, data: { uid, name, reason } },
      { stream: `agent-queue/${uid}`, type: 'AgentQueueClosed', version: 1, data: { machineUid: uid } },
    ],
    changed(uid),
  );
