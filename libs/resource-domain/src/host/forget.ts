import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { ending } from '../container/ending.ts';
import { isLive, rowsOn } from '../container/state.ts';
import type { ResourceContextState } from '../state.ts';
import { hostNotEmpty } from './errors.ts';

/** A machine left the system. */
export type ForgetHost = Command<'ForgetHost', { readonly machineUid: string }>;

/**
 * What waited for the machine alone is released with it: its data went too; what may go elsewhere goes on waiting for room.
 * One that is not known changes nothing. Refuses: host-not-empty (the machine context lets only those without live containers
 * go).
 */
export const forgetHost = (state: ResourceContextState, { data }: ForgetHost): Decision<ResourceContextEvent> => {
  const host = state.hosts.get(data.machineUid);
  if (host === undefined) return accept([]);
  const rows = rowsOn(state, data.machineUid);
  const left = rows.filter(isLive).length;
  if (left > 0) return refuse(hostNotEmpty(host.machine, left));
  const { machineUid, machine } = host;
  return accept([
    ...rows.flatMap((row) => (row.waits ? ending(row, '') : [])),
    { stream: `host/${machineUid}`, type: 'HostForgotten', version: 1, data: { machineUid, machine } },
  ]);
};
