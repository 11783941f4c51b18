import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, canonicalJson, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import type { ResourceContextState } from '../state.ts';
import { hostUnknown } from './errors.ts';
import { observedOf } from './state.ts';
import type { ObservedHost } from './state.ts';

/** A machine entered the system. */
export type AddHost = Command<'AddHost', ObservedHost>;

/** Something of a known machine changed, as an event of its context told: the changed fields. */
export type ObserveHost = Command<
  'ObserveHost',
  {
    readonly machineUid: string;
    readonly changes: { readonly [F in keyof Omit<ObservedHost, 'told'>]?: ObservedHost[F] };
    readonly told: ObservedHost['told'];
  }
>;

/** What is known already changes nothing; a known machine is not set back. */
export const addHost = (state: ResourceContextState, { data }: AddHost): Decision<ResourceContextEvent> =>
  state.hosts.has(data.machineUid) ? accept([]) : accept([observed(data)]);

/** Refuses: host-unknown. */
export const observeHost = (state: ResourceContextState, { data }: ObserveHost): Decision<ResourceContextEvent> => {
  const host = state.hosts.get(data.machineUid);
  if (host === undefined) return refuse(hostUnknown(data.machineUid));
  const before = observedOf(host);
  const after = { ...before, ...data.changes };
  if (canonicalJson(before) === canonicalJson(after)) return accept([]);
  return accept([observed({ ...after, told: data.told })]);
};

const observed = (host: ObservedHost): ResourceContextEvent => ({
  stream: `host/${host.machineUid}`,
  type: 'HostObserved',
  version: 2,
  data: host,
});
