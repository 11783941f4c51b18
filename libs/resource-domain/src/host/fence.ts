import type { FenceMeans, ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { ending } from '../container/ending.ts';
import { rowsOn } from '../container/state.ts';
import type { Container } from '../container/state.ts';
import { waitingAt, waitsFor } from '../evacuation/hold.ts';
import { offerReplacement } from '../evacuation/offer.ts';
import { Pass } from '../placement/pass.ts';
import type { ResourceContextState } from '../state.ts';
import { hostUnknown } from './errors.ts';

/** It is proven that processes on a machine are gone. */
export type FenceHost = Command<
  'FenceHost',
  {
    readonly machineUid: string;
    readonly fenceId: string;
    /** `machine`: all that was granted there before; `units`: only `incarnations`. */
    readonly scope: 'machine' | 'units';
    readonly incarnations: readonly { readonly unit: string; readonly incarnation: number }[];
    readonly how: FenceMeans;
  }
>;

/**
 * Marks the containers that are proven to be gone and ends what waited for that: RELEASING is released, what waits for its
 * machine, or has no room elsewhere, is WAITING. One of single units says nothing of ALLOCATED and ACTIVE ones: their agent may start them again.
 * Told again it changes nothing. Refuses: host-unknown.
 */
export const fenceHost = (
  state: ResourceContextState,
  { data }: FenceHost,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  const host = state.hosts.get(data.machineUid);
  if (host === undefined) return refuse(hostUnknown(data.machineUid));
  if (host.fenceId === data.fenceId) return accept([]);
  const covered = rowsOn(state, host.machineUid).filter((row) => row.fenced === null && covers(data, row));
  const { machineUid, machine } = host;
  const { fenceId, how } = data;
  const pass = new Pass(state);
  const containers = covered.map(({ uid }) => uid);
  return accept([
    {
      stream: `host/${machineUid}`,
      type: 'HostFenced',
      version: 1,
      data: { machineUid, machine, fenceId, how, containers },
    },
    ...covered.flatMap((row) => afterFence(pass, { ...row, fenced: how }, ctx)),
  ]);
};

const covers = ({ scope, incarnations }: FenceHost['data'], row: Container): boolean =>
  scope === 'machine' ||
  (row.state !== 'ALLOCATED' &&
    row.state !== 'ACTIVE' &&
    incarnations.some(({ unit, incarnation }) => unit === row.unit && incarnation === row.incarnation));

const afterFence = (pass: Pass, row: Container, ctx: Ctx): readonly ResourceContextEvent[] => {
  if (row.state === 'RELEASING') return ending(row, '');
  if (row.state !== 'EVACUATING' || row.replacement !== null) return [];
  if (row.waits) return [waitingAt(row, waitsFor(row))];
  return row.notBefore === null ? offerReplacement(pass, row, ctx) : [];
};
