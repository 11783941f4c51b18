import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import { changingOn } from '../data/state.ts';
import { unitRemoved } from '../deploy/move-events.ts';
import { operationFinished } from '../operation/start.ts';
import type { ServiceState } from '../state.ts';
import { unitsOn } from '../state.ts';

/** A machine has left, or was discarded: there is nobody to do anything there any more. */
export type CloseMachine = Command<'CloseMachine', { readonly machineUid: string }>;

/**
 * Closes the machine's queue; what was on its way out there is gone with it. Units that should run there stay, waiting: a
 * machine does not leave before it is empty. Never refused.
 */
export const closeMachine = (state: ServiceState, { data }: CloseMachine): Decision<ServiceContextEvent> => {
  const { machineUid } = data;
  const leaving = unitsOn(state, machineUid).filter(({ goal, ghost }) => goal === 'leave' && !ghost);
  if (state.departed.has(machineUid)) return accept([]);
  return accept([
    ...leaving.map(unitRemoved),
    ...changingOn(state, machineUid).map(({ change, machine }) =>
      operationFinished(change.operation, 'cancelled', `machine ${machine} has left`),
    ),
    { stream: `agent-queue/${machineUid}`, type: 'AgentQueueClosed', version: 1, data: { machineUid } },
  ]);
};
