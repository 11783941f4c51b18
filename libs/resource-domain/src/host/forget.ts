import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { containersOn } from '../container/state.ts';
import type { ResourceContextState } from '../state.ts';
import { hostNotEmpty } from './errors.ts';

/** A machine left the system. */
export type ForgetHost = Command<'ForgetHost', { readonly machineUid: string }>;

/** One that is not known changes nothing. Refuses: host-not-empty (the machine context lets only empty ones go). */
export const forgetHost = (state: ResourceContextState, { data }: ForgetHost): Decision<ResourceContextEvent> => {
  const host = state.hosts.get(data.machineUid);
  if (host === undefined) return accept([]);
  const left = containersOn(state, data.machineUid).size;
  if (left > 0) return refuse(hostNotEmpty(host.machine, left));
  const { machineUid, machine } = host;
  return accept([{ stream: `host/${machineUid}`, type: 'HostForgotten', version: 1, data: { machineUid, machine } }]);
};
