import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { isLive, rowsOn } from '../container/state.ts';
import type { ResourceContextState } from '../state.ts';
import type { Host } from './state.ts';

/** Tells the machine layer that it may migrate_unit, where that is so. */
export type ConfirmEvacuated = Command<'ConfirmEvacuated', { readonly machineUid: string }>;

/** In ERROR_DETECTED, without a live container (what waits there, fenced, for the machine is none), and not said yet. */
export const isEvacuated = (state: ResourceContextState, host: Host | undefined): host is Host =>
  host !== undefined &&
  host.state === 'ERROR_DETECTED' &&
  !host.evacuated &&
  !rowsOn(state, host.machineUid).some(isLive);

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
