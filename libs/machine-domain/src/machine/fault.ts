import type { MachineContextEvent } from '@yiqiu/contracts';
import { offlineCancelled } from './offline.ts';
import type { Machine } from './state.ts';

/** INITED or READY → ERROR_DETECTED. An offline under way is given up. `reasons`: at least one. */
export const faultEvents = (
  machine: Machine,
  by: 'operator' | 'detector',
  reasons: readonly string[],
): readonly MachineContextEvent[] => {
  const { uid, name, offline } = machine;
  const detected: MachineContextEvent = {
    stream: `machine/${uid}`,
    type: 'MachineFaultDetected',
    version: 1,
    data: { uid, name, reasons: [...reasons], by },
  };
  return offline === null
    ? [detected]
    : [offlineCancelled(machine, offline.requestId, 'the machine has a fault'), detected];
};
