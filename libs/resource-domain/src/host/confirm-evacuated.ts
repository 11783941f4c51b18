import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { containersOn } from '../container/state.ts';
import type { ResourceContextState } from '../state.ts';
import type { Host } from './state.ts';

/** Tells the machine layer that it may migrate_unit, where that is so. */
export type ConfirmEvacuated = Command<'ConfirmEvacuated', { readonly machineUid: string }>;

/** In ERROR_DETECTED, without a live container, and not said yet. */
export const isEvacuated = (state: ResourceContextState, host: Host | undefined): host is Host =>
  host !== undefined &&
  host.state === 'ERROR_DETECTED' &&
  !host.evacuated &&
  containersOn(state, host.machineUid).size === 0;

/** Says it once per fault; where it is not so, nothing. */
export const confirmEvacuated = (
  state: ResourceContextState,
  { data }: ConfirmEvacuated,
): Decision<ResourceContextEvent> => {
  const host = state.hosts.get(data.machineUid);
  if (!isEvacuated(state, host)) return accept([]);
  const { machineUid, machine } = host;
  return accept([
    { stream: `host/${machineUid}`, type: 'MachineEvacuated', version: 1, data: { machineUid, machine } },
  ]);
};
