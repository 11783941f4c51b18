import { z } from 'zod';
import { labels, name, resources, uid } from '../define.ts';
import { fenceMeans, machineState } from '../machine/machine.ts';

const observed = {
  machineUid: uid,
  machine: name,
  address: z.string().max(253),
  pool: name,
  rack: z.string().max(63).nullable(),
  zone: z.string().max(63).nullable(),
  labels,
  state: machineState,
  suspect: z.boolean(),
  capacity: resources.nullable(),
  foreignPorts: z.array(z.int().min(1).max(65_535)).max(4_096),
};

/** What the resource layer knows of a machine: folded from context `machine`, in its own log so that its replay needs no other. */
export const hostEvents = {
  /**
   * Stream `host/<machine uid>`. The whole of what is known, whenever something of it changes. `told`: the event of context
   * `machine` that it comes from.
   */
  HostObserved: {
    1: z.strictObject(observed),
    2: z.strictObject({ ...observed, told: z.strictObject({ lineage: uid, position: z.int().min(1) }) }),
  },
  HostForgotten: { 1: z.strictObject({ machineUid: uid, machine: name }) },
  /**
   * It is proven that no process of these containers, if any, runs any more. `fenceId`: that of the machine layer's Fenced.
   */
  HostFenced: {
    1: z.strictObject({
      machineUid: uid,
      machine: name,
      fenceId: uid,
      how: z.enum(fenceMeans),
      containers: z.array(uid).max(10_000),
    }),
  },
  /** No live container is left on a machine in ERROR_DETECTED: the machine layer may migrate_unit. */
  MachineEvacuated: { 1: z.strictObject({ machineUid: uid, machine: name }) },
  /** Answer to OfflineRequested: closed for new containers and empty. */
  MachineClosed: { 1: z.strictObject({ machineUid: uid, machine: name, requestId: uid }) },
  /** Answer to OfflineRequested: containers are left on it. */
  MachineCloseRefused: {
    1: z.strictObject({ machineUid: uid, machine: name, requestId: uid, containers: z.array(uid).max(1_000) }),
  },
} as const;
