import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import {
  alarmView,
  groupView,
  page,
  poolView,
  serviceView,
  statusView,
  unitView,
  type AlarmView,
  type ServiceView,
  type StatusView,
  type UnitView,
} from '@yiqiu/contracts';
import { machine, service, type common } from '@yiqiu/contracts/grpc';
import type { z } from 'zod';
import { Backends } from '../backends/backends.ts';
import { haltAlarms } from '../backends/halts.ts';
import { viewOf } from '../backends/view.ts';
import { flags, type Query as QueryOf } from '../http/request.ts';

const idempotent = { idempotent: true } as const;
const pageSize = 1_000;
/** Units that one status shows, at most: beyond that it is no overview any more. */
const unitsMax = 10_000;

/** One overview: groups with their services and units, machines by state, alarms, what to type next. */
@Controller('api/v1/status')
export class StatusRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  /** `?group=NAME` for one group. */
  @Get()
  @ApiOkResponse({ standardSchema: statusView })
  async show(@Query() query: QueryOf): Promise<StatusView> {
    const { texts } = flags(query, [], ['group']);
    const only = texts['group'];
    const filters: { [name: string]: string } = only === undefined ? {} : { group: only };
    const { service: services, machine: machines } = this.backends;
    const svc = service.ServicePlatformServiceService;
    const mch = machine.MachineServiceService;
    const [groups, serviceRows, units, pools, machineAlarms, halts] = await Promise.all([
      only === undefined
        ? all(page(groupView, 'GroupPage'), (request) => services.call(svc.listGroups, request, idempotent), {})
        : services.call(svc.getGroup, { name: only, minPosition: undefined }, idempotent).then((group) => [group]),
      all(page(serviceView, 'ServicePage'), (request) => services.call(svc.listServices, request, idempotent), filters),
      all(page(unitView, 'UnitPage'), (request) => services.call(svc.listUnits, request, idempotent), filters),
      all(page(poolView, 'PoolPage'), (request) => machines.call(mch.listPools, request, idempotent), {}),
      all(page(alarmView, 'AlarmPage'), (request) => machines.call(mch.listAlarms, request, idempotent), {}),
      haltAlarms(this.backends),
    ]);
    const alarms = [...halts, ...machineAlarms];
    const counts: { [state: string]: number } = {};
    for (const pool of pools)
      for (const [state, count] of Object.entries(pool.machines)) counts[state] = (counts[state] ?? 0) + count;
    return {
      groups: groups.map(({ name }) => ({
        name,
        services: serviceRows.filter(({ group }) => group === name),
        units: units.filter(({ group }) => group === name),
      })),
      machines: counts,
      alarms,
      next: nextLines(serviceRows, units, alarms, counts),
    };
  }
}

type Paged<T> = z.ZodType<{ items: T[]; next: string | null }>;

/** All pages of a list, up to {@link unitsMax} items. */
const all = async <T>(
  schema: Paged<T>,
  list: (request: common.ListRequest) => Promise<unknown>,
  filters: { [name: string]: string },
): Promise<T[]> => {
  const items: T[] = [];
  let cursor = '';
  while (items.length < unitsMax) {
    const found = viewOf(schema, await list({ limit: pageSize, cursor, filters, minPosition: undefined }));
    items.push(...found.items);
    if (found.next === null) break;
    cursor = found.next;
  }
  return items;
};

/** The commands that help now; at most one per kind of trouble. */
const nextLines = (
  services: readonly ServiceView[],
  units: readonly UnitView[],
  alarms: readonly AlarmView[],
  machines: { readonly [state: string]: number },
): string[] => {
  const lines: string[] = [];
  const failed = units.find(({ state }) => state === 'FAILED');
  if (failed !== undefined) lines.push(`yiqiu unit show ${failed.name}`, `yiqiu unit retry ${failed.name}`);
  const waiting = units.find(({ state }) => state === 'PENDING' || state === 'MIGRATING');
  if (waiting !== undefined) lines.push(`yiqiu unit show ${waiting.name}`);
  const faulty = alarms.find(({ machine: name }) => name !== null);
  if (faulty?.machine !== undefined && faulty.machine !== null) lines.push(`yiqiu machine show ${faulty.machine}`);
  if ((machines['ERROR'] ?? 0) > 0) lines.push('yiqiu ticket list');
  const frozen = alarms.find(({ kind }) => kind === 'pool-frozen');
  if (frozen?.pool !== undefined && frozen.pool !== null) lines.push(`yiqiu pool show ${frozen.pool}`);
  if (services.length === 0) {
    lines.push(
      Object.keys(machines).length === 0 ? 'yiqiu machine add NAME --address A --pool P' : 'yiqiu apply -f FILE',
    );
  }
  return lines;
};
