import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import type { Verb } from './change.ts';
import { offlineCancelled } from './offline.ts';

/** INITED or READY → ERROR_DETECTED, by an operator: the upper layer is to migrate. An offline under way is given up. */
export const abnormal: Verb = (_, machine, { reason }) => {
  const { uid, name } = machine;
  const data = { uid, name, reasons: [reason ?? 'reported by an operator'], by: 'operator' as const };
  const events: MachineContextEvent[] = [{ stream: `machine/${uid}`, type: 'MachineFaultDetected', version: 1, data }];
  if (machine.offline !== null)
    events.unshift(offlineCancelled(machine, machine.offline.requestId, 'the machine has a fault'));
  return accept(events, changed(uid));
};
