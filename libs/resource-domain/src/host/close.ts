import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { containersOn } from '../container/state.ts';
import type { ResourceContextState } from '../state.ts';
import { hostUnknown } from './errors.ts';

/** First phase of offline: may the machine go? */
export type CloseHost = Command<'CloseHost', { readonly machineUid: string; readonly requestId: string }>;

/** Names in a refusal; beyond it they are only counted. */
const namedMax = 1_000;

/**
 * MachineClosed: empty, and closed for new containers from now on; or MachineCloseRefused with what is left on it. Asked
 * again under the same request it says nothing new. Refuses: host-unknown.
 */
export const closeHost = (state: ResourceContextState, { data }: CloseHost): Decision<ResourceContextEvent> => {
  const host = state.hosts.get(data.machineUid);
  if (host === undefined) return refuse(hostUnknown(data.machineUid));
  if (host.closedFor === data.requestId) return accept([]);
  const left = containersOn(state, host.machineUid);
  const named = { machineUid: host.machineUid, machine: host.machine, requestId: data.requestId };
  const stream = `host/${host.machineUid}`;
  if (left.size === 0) return accept([{ stream, type: 'MachineClosed', version: 1, data: named }]);
  const containers = [...left].sort().slice(0, namedMax);
  return accept([{ stream, type: 'MachineCloseRefused', version: 1, data: { ...named, containers } }]);
};
