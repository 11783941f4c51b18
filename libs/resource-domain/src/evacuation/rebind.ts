import type { ResourceContextEvent } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import type { Container } from '../container/state.ts';
import type { Host } from '../host/state.ts';
import { setOf } from '../multimap.ts';
import { sameKind } from '../placement/reason.ts';
import type { Tentative } from '../placement/tentative.ts';
import { waitingAt, waitsFor } from './hold.ts';
import { newestIncarnation } from './request.ts';

type Events = readonly ResourceContextEvent[];

/**
 * Binds the unit of a WAITING container again to its machine, directory and ports, under a new incarnation, as soon as the
 * machine may have containers. The place was kept for it; what a machine may have lost meanwhile is asked all the same. Where it
 * cannot be, that is said for another kind of reason only, or when a time that was waited for is over.
 */
export const rebind = (tentative: Tentative, row: Container, ctx: Ctx): Events => {
  const own = ownPlace(tentative, row);
  if (own.host !== null) return rebound(tentative, row, own.host, ctx);
  const text = own.isAway ? waitsFor(row) : own.obstacle;
  return row.notBefore !== null || !sameKind(row.message, text) ? [waitingAt(row, text)] : [];
};

/** Its machine, where its place there can be had now; else why not. `isAway`: only because that is not READY now. */
type OwnPlace = { readonly host: Host } | { readonly host: null; readonly isAway: boolean; readonly obstacle: string };

export const ownPlace = (tentative: Tentative, row: Container): OwnPlace => {
  const host = tentative.state.hosts.get(row.machineUid);
  if (host === undefined) return { host: null, isAway: false, obstacle: `machine ${row.machine} has left` };
  if (host.state !== 'READY' || host.suspect) {
    return { host: null, isAway: true, obstacle: `machine ${row.machine} is not READY` };
  }
  const obstacle = obstacleOn(tentative, host, row);
  return obstacle === null ? { host } : { host: null, isAway: false, obstacle };
};

/** The next incarnation on the place of the row. */
export const rebound = (tentative: Tentative, row: Container, host: Host, ctx: Ctx): Events => {
  const uid = ctx.uuid();
  const { unitUid, unit, serviceUid, service, ordinal, package: name, resources, ports, home } = row;
  const { machineUid, machine, address, rack, zone, labels } = host;
  tentative.addReplica({ uid, serviceUid, ordinal, machineUid });
  return [
    {
      stream: `container/${uid}`,
      type: 'ContainerAllocated',
      version: 1,
      data: {
        ...{ uid, requestId: ctx.uuid(), unitUid, unit, serviceUid, service, ordinal },
        ...{ incarnation: newestIncarnation(tentative.state, unitUid) + 1, package: name, resources },
        ...{ machineUid, machine, address, rack, zone, labels, ports, home, replaces: row.uid },
      },
    },
  ];
};

/** Why it cannot be bound on its machine, which is READY; null where it can. */
const obstacleOn = (tentative: Tentative, host: Host, row: Container): string | null => {
  if (setOf(tentative.state.pendingByUnit, row.unitUid).size > 0) return 'its unit has asked for another place';
  const holder = tentative.holderOf(row.serviceUid, row.ordinal);
  if (holder !== undefined) return `ordinal ${row.ordinal} is held by container ${holder.uid}`;
  const foreign = Object.values(row.ports).filter((port) => host.foreignPorts.includes(port));
  if (foreign.length > 0) return `machine ${host.machine}: port ${foreign.join(', ')} is held by a foreign process`;
  const { allocated } = tentative.useOf(host.machineUid);
  const { capacity } = host;
  const fits =
    capacity !== null &&
    allocated.cpuMilli <= capacity.cpuMilli &&
    allocated.memoryMiB <= capacity.memoryMiB &&
    allocated.diskMiB <= capacity.diskMiB;
  return fits ? null : `machine ${host.machine} has less capacity than is allocated on it`;
};
