import { z } from 'zod';
import { jsonObject, portsView, time, timeOrNull } from './common.ts';
import { alarmView } from './machine.ts';
import { dataKinds, operationStates } from './states.ts';

export const programView = z
  .object({
    name: z.string(),
    version: z.string(),
    digest: z.string(),
    size: z.int(),
    pushedAt: time,
    manifest: jsonObject,
  })
  .meta({ id: 'Program' });

export const groupView = z
  .object({
    name: z.string(),
    revision: z.int(),
    services: z.array(z.string()),
    relations: z.array(z.object({ from: z.string(), to: z.string() })),
    virtual: z.array(z.string()),
  })
  .meta({ id: 'Group' });

export const serviceView = z
  .object({
    name: z.string(),
    group: z.string(),
    program: z.string(),
    package: z.string(),
    pools: z.array(z.string()),
    desired: z.int(),
    ready: z.int(),
    config: jsonObject,
    configRevision: z.int(),
    leader: z.int().nullable(),
    state: z.string(),
    message: z.string().nullable(),
  })
  .meta({ id: 'Service' });

export const unitView = z
  .object({
    name: z.string(),
    uid: z.string(),
    group: z.string(),
    service: z.string(),
    ordinal: z.int(),
    incarnation: z.int(),
    state: z.string(),
    since: time,
    container: z.string().nullable(),
    machine: z.string().nullable(),
    ip: z.string().nullable(),
    ports: portsView,
    program: z.string(),
    configRevision: z.int(),
    leader: z.boolean(),
    role: z.string().nullable(),
    health: z.string(),
    step: z.string().nullable(),
    message: z.string().nullable(),
    startedAt: timeOrNull,
    observedAt: timeOrNull,
  })
  .meta({ id: 'Unit' });

/** `source`: `process`, or the name of a hook. `cursor` asks for what comes after `text`. */
export const unitLogsView = z
  .object({
    unit: z.string(),
    machine: z.string(),
    source: z.string(),
    text: z.string(),
    truncated: z.boolean(),
    more: z.boolean(),
    cursor: z.string(),
    writtenAt: timeOrNull,
    observedAt: time,
  })
  .meta({ id: 'UnitLogs' });

export const dataView = z
  .object({
    id: z.string(),
    unit: z.string(),
    incarnation: z.int(),
    machine: z.string(),
    path: z.string(),
    sizeBytes: z.int(),
    kind: z.enum(dataKinds),
    since: time,
  })
  .meta({ id: 'Data' });

export const revisionView = z
  .object({ revision: z.int(), at: time, actor: z.string(), config: jsonObject })
  .meta({ id: 'Revision' });

/** `requirer` and `provider` are endpoints: `cache/proxy:upstream`, `cache/redis:cache`. `data`: what the requirer sees. */
export const relationView = z
  .object({
    id: z.string(),
    requirer: z.string(),
    provider: z.string(),
    interface: z.string(),
    ready: z.boolean(),
    data: z.object({ service: jsonObject, units: z.record(z.string(), jsonObject) }),
  })
  .meta({ id: 'Relation' });

export const deploymentView = z
  .object({
    id: z.string(),
    service: z.string(),
    kind: z.string(),
    state: z.string(),
    units: z.object({ total: z.int(), done: z.int(), failed: z.int() }),
    batch: z.int(),
    message: z.string().nullable(),
    startedAt: time,
    endedAt: timeOrNull,
  })
  .meta({ id: 'Deployment' });

export const operationView = z
  .object({
    id: z.string(),
    kind: z.string(),
    target: z.string(),
    state: z.enum(operationStates),
    progress: z.object({ done: z.int(), total: z.int(), message: z.string().nullable() }),
    error: z.string().nullable(),
    startedAt: time,
    endedAt: timeOrNull,
  })
  .meta({ id: 'Operation' });

export const planView = z
  .object({
    id: z.string(),
    group: z.string(),
    revision: z.int(),
    changes: z.array(
      z.object({ service: z.string(), what: z.string(), from: z.json(), to: z.json(), effect: z.string() }),
    ),
    requirers: z.array(z.string()),
    deletes: z.array(z.string()),
  })
  .meta({ id: 'Plan' });

export const eventView = z
  .object({
    id: z.string(),
    context: z.string(),
    lineage: z.string(),
    position: z.int(),
    stream: z.string(),
    revision: z.int(),
    type: z.string(),
    version: z.int(),
    time,
    data: jsonObject,
    meta: jsonObject,
  })
  .meta({ id: 'Event' });

export const statusView = z
  .object({
    groups: z.array(z.object({ name: z.string(), services: z.array(serviceView), units: z.array(unitView) })),
    machines: z.record(z.string(), z.int()),
    alarms: z.array(alarmView),
    next: z.array(z.string()),
  })
  .meta({ id: 'Status' });
