import { z } from 'zod';
import { capacityView, stringMap, time, timeOrNull } from './common.ts';

const stateCounts = z.record(z.string(), z.int());

export const poolView = z
  .object({
    name: z.string(),
    region: z.string(),
    initStrategy: z.string(),
    autoOnline: z.boolean(),
    policy: z.object({
      leaseMs: z.int(),
      holdDownMs: z.int(),
      blastMachines: z.int(),
      blastPercent: z.int(),
      blastWindowMs: z.int(),
    }),
    frozen: z.object({ since: time, reason: z.string() }).nullable(),
    machines: stateCounts,
  })
  .meta({ id: 'Pool' });

export const initStrategyView = z
  .object({
    name: z.string(),
    revision: z.int(),
    os: z.string(),
    kernel: z.string().nullable(),
    steps: z.array(
      z.object({
        name: z.string(),
        run: z.string(),
        user: z.string(),
        timeout: z.string(),
        retries: z.int(),
        needsAgent: z.boolean(),
        mayReboot: z.boolean(),
      }),
    ),
    checks: z.array(z.object({ name: z.string(), run: z.string().nullable(), kernel: z.string().nullable() })),
  })
  .meta({ id: 'InitStrategy' });

export const machineView = z
  .object({
    name: z.string(),
    uid: z.string(),
    pool: z.string(),
    state: z.string(),
    since: time,
    suspect: z.boolean(),
    maintenance: z.boolean(),
    retired: z.boolean(),
    health: z.string(),
    address: z.string(),
    labels: stringMap,
    rack: z.string().nullable(),
    zone: z.string().nullable(),
    /** Null: the layer that knows is away. */
    holdsOrphans: z.boolean().nullable(),
    agent: z.object({
      connected: z.boolean(),
      version: z.string().nullable(),
      lastSeen: timeOrNull,
      observedAt: timeOrNull,
    }),
    capacity: capacityView.nullable(),
    /** Null while the resource layer does not answer: nobody else knows. */
    allocated: capacityView.nullable(),
    possible: z.array(z.string()),
    operation: z
      .object({
        kind: z.string(),
        step: z.string().nullable(),
        steps: z.int(),
        attempt: z.int(),
        state: z.string(),
        message: z.string().nullable(),
        deadline: timeOrNull,
      })
      .nullable(),
    faults: z.array(z.object({ rule: z.string(), severity: z.string(), since: time, message: z.string() })),
    ticket: z.string().nullable(),
  })
  .meta({ id: 'Machine' });

/** `POST /machines`: the view and what starts its agent; the token is shown this once. */
export const machineAddedView = z
  .object({ ...machineView.shape, joinToken: z.string(), command: z.string() })
  .meta({ id: 'MachineAdded' });

export const ticketView = z
  .object({
    id: z.string(),
    machine: z.string(),
    reasons: z.array(z.string()),
    class: z.string(),
    stage: z.string(),
    openedAt: time,
    closedAt: timeOrNull,
    closedBy: z.string().nullable(),
  })
  .meta({ id: 'Ticket' });

export const alarmView = z
  .object({
    id: z.string(),
    kind: z.string(),
    pool: z.string().nullable(),
    machine: z.string().nullable(),
    since: time,
    until: timeOrNull,
    message: z.string(),
  })
  .meta({ id: 'Alarm' });

/** Proof that processes are gone. `incarnations`: those that were found and ended, where the driver knows; the fence of a machine covers all. */
export const fenceView = z
  .object({
    id: z.string(),
    machine: z.string(),
    incarnations: z.array(z.object({ unit: z.string(), incarnation: z.int() })),
    how: z.string(),
    at: time,
    by: z.string(),
  })
  .meta({ id: 'Fence' });
