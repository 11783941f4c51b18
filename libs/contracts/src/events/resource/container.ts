import { z } from 'zod';
import { count, instant, name, portMap, reason, resources, serviceName, text, uid, unitName } from '../define.ts';

/** What an allocation answers; what does not match is declined and released, never bound to whoever has the name now. */
const request = {
  requestId: uid,
  unitUid: uid,
  unit: unitName,
  serviceUid: uid,
  service: serviceName,
  ordinal: count,
  incarnation: z.int().min(1),
};

export const containerEvents = {
  /** Stream `container/<uid>`. `home` is the directory name below the agent's root: `<service>_<port>`, or `<service>_<n>` without ports. */
  ContainerAllocated: {
    1: z.strictObject({
      uid,
      ...request,
      package: name,
      resources,
      machineUid: uid,
      machine: name,
      address: z.string().max(253),
      rack: z.string().max(63).nullable(),
      zone: z.string().max(63).nullable(),
      labels: z.record(z.string(), z.string()),
      ports: portMap,
      home: z.string().max(128),
      replaces: uid.nullable(),
    }),
  },
  /**
   * Nothing fits now; it is tried again when machines or containers change. `filters`: machines that fell to each filter.
   * `batch`: requests with the same one are placed together, all or none; absent where it stands alone.
   */
  PlacementPending: {
    1: z.strictObject({
      ...request,
      program: z.string().max(128),
      package: name,
      pools: z.array(name).max(64),
      ports: z
        .array(z.strictObject({ name: z.string(), default: z.int().nullable(), pin: z.int().nullable() }))
        .max(64),
      placement: z.strictObject({
        spread: z.array(z.enum(['machine', 'rack', 'zone'])),
        labels: z.record(z.string(), z.string()),
      }),
      message: text,
      filters: z.record(z.string().max(63), count),
      batch: uid.optional(),
    }),
  },
  PlacementCancelled: { 1: z.strictObject({ requestId: uid, unitUid: uid, unit: unitName }) },
  ContainerActivated: { 1: z.strictObject({ uid, unit: unitName }) },
  /** Its machine is given up. `replacement`: the container offered instead, null while none can be had. */
  ContainerEvacuating: {
    1: z.strictObject({ uid, unitUid: uid, unit: unitName, replacement: uid.nullable(), reason }),
  },
  /**
   * The service layer took no replacement: none is offered before `until`, ms since the epoch; null: none at all, the unit
   * waits for its machine or for a person. `attempt` counts the offers that were given up.
   */
  EvacuationHeld: {
    1: z.strictObject({
      uid,
      unitUid: uid,
      unit: unitName,
      until: instant.nullable(),
      attempt: z.int().min(1),
      message: text,
    }),
  },
  /**
   * Fenced, and its data is on its machine, or there is no room elsewhere: not live any more, but bound there again when the
   * machine is READY, unless it found room before.
   */
  ContainerWaiting: { 1: z.strictObject({ uid, unitUid: uid, unit: unitName, machineUid: uid, reason }) },
  /** Not wanted any more. Capacity and ports stay taken until it is known to be gone: a report, a fence or declare-dead. */
  ContainerReleasing: { 1: z.strictObject({ uid, unit: unitName, reason }) },
  /** Capacity and ports are free from here on. */
  ContainerReleased: {
    1: z.strictObject({
      uid,
      unitUid: uid,
      unit: unitName,
      machineUid: uid,
      how: z.enum(['removed', 'declined', 'fenced', 'declared-dead']),
    }),
  },
} as const;
