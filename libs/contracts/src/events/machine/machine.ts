import { z } from 'zod';
import { count, digest, instant, labels, name, outputRef, reason, resources, text, uid, unitName } from '../define.ts';

/** The seed's states. `(outside)` is no state: such a machine is not in the system. */
export const machineStates = ['NEW', 'INITED', 'READY', 'ERROR_DETECTED', 'ERROR', 'OFFLINE'] as const;
export const machineState = z.enum(machineStates);
export type MachineState = z.infer<typeof machineState>;

const machine = { uid, name };
const issued = { attempt: z.int().min(1), step: name, index: count, generation: z.int().min(1), seq: z.int().min(1) };

/** What proves that processes are gone (docs: Fence). */
export const fenceMeans = ['agent', 'local', 'redfish', 'manual'] as const;
export type FenceMeans = (typeof fenceMeans)[number];

export const machineEvents = {
  /** Stream `machine/<uid>`, like all below. Enters state NEW. The token itself is never stored. */
  MachineAdded: {
    1: z.strictObject({
      ...machine,
      address: z.string().max(253),
      pool: name,
      poolUid: uid,
      rack: z.string().max(63).nullable(),
      zone: z.string().max(63).nullable(),
      labels,
      initStrategy: name,
      joinTokenHash: digest,
    }),
  },
  MachineLabelled: {
    1: z.strictObject({ ...machine, labels, rack: z.string().max(63).nullable(), zone: z.string().max(63).nullable() }),
  },
  MachineMaintenanceSet: { 1: z.strictObject({ ...machine, on: z.boolean(), reason }) },
  /** The agent took its join token and has an identity now; the token is void. */
  AgentJoined: { 1: z.strictObject({ ...machine, publicKey: z.string().max(128), agentVersion: z.string().max(64) }) },
  /** A boot, a new agent version or a new journal; a mere reconnect is no event. */
  AgentSessionOpened: {
    1: z.strictObject({ ...machine, bootId: z.string().max(64), agentVersion: z.string().max(64), journalId: uid }),
  },
  InventoryChanged: {
    1: z.strictObject({
      ...machine,
      capacity: resources,
      os: z.string().max(128),
      kernel: z.string().max(128),
      arch: z.string().max(32),
      foreignPorts: z.array(z.int().min(1).max(65_535)).max(4_096),
    }),
  },
  InitStarted: {
    1: z.strictObject({
      ...machine,
      attempt: z.int().min(1),
      strategy: name,
      revision: z.int().min(1),
      hash: digest,
      steps: count,
    }),
  },
  /** A step or a check (`check: true`) was put into the agent's queue. `startBy`: after it the agent refuses to start it. */
  InitStepIssued: {
    1: z.strictObject({ ...machine, ...issued, check: z.boolean(), try: z.int().min(1), startBy: instant }),
  },
  InitStepSucceeded: { 1: z.strictObject({ ...machine, ...issued, output: outputRef }) },
  /** `retryAt`: when the next try is due, null where the attempt ends here and the machine stays NEW. */
  InitStepFailed: {
    1: z.strictObject({
      ...machine,
      ...issued,
      exitCode: z.int().nullable(),
      message: text,
      output: outputRef,
      retryAt: instant.nullable(),
    }),
  },
  MachineInited: { 1: z.strictObject({ ...machine, strategy: name, revision: z.int().min(1), hash: digest }) },
  MachineOnlined: { 1: z.strictObject({ ...machine, reason }) },
  MachineBackedUp: { 1: z.strictObject({ ...machine, reason }) },
  /** INITED or READY → ERROR_DETECTED. */
  MachineFaultDetected: {
    1: z.strictObject({ ...machine, reasons: z.array(text).min(1).max(20), by: z.enum(['operator', 'detector']) }),
  },
  /** ERROR_DETECTED → ERROR, on the resource layer's confirmation only. */
  MachineMigrated: { 1: z.strictObject({ ...machine }) },
  /** ERROR → NEW. */
  MachineRepaired: { 1: z.strictObject({ ...machine, reason }) },
  OfflineRequested: { 1: z.strictObject({ ...machine, requestId: uid, reason }) },
  OfflineCancelled: { 1: z.strictObject({ ...machine, requestId: uid, message: text }) },
  MachineOfflined: { 1: z.strictObject({ ...machine, requestId: uid }) },
  MachineLeft: { 1: z.strictObject({ ...machine, reason }) },
  /** NEW → (outside): for what never comes up. */
  MachineDiscarded: { 1: z.strictObject({ ...machine, reason }) },
  /** Silence beyond the lease: no new containers. */
  MachineSuspected: { 1: z.strictObject({ ...machine, silentSince: instant }) },
  MachineCleared: { 1: z.strictObject({ ...machine }) },
  /** The machine's processes are to be proved gone: an order to its fence driver, which stands until Fenced, or until nothing is left on it. */
  FenceRequested: { 1: z.strictObject({ ...machine, fenceId: uid, reason: z.string().min(1).max(500) }) },
  /** A try of the driver failed. `retryAt`: when the next one is due, null where no driver can and a person is waited for. */
  FenceFailed: {
    1: z.strictObject({
      ...machine,
      fenceId: uid,
      attempt: z.int().min(1),
      message: text,
      retryAt: instant.nullable(),
    }),
  },
  /**
   * Proof that processes are gone. `machine`: of every incarnation that was granted on this machine before; `units`: of those
   * in `incarnations` alone. `by`: the actor of a manual one, else the driver.
   */
  Fenced: {
    1: z.strictObject({
      ...machine,
      fenceId: uid,
      scope: z.enum(['machine', 'units']),
      incarnations: z.array(z.strictObject({ unit: unitName, incarnation: z.int().min(1) })).max(1_000),
      how: z.enum(fenceMeans),
      by: z.string().max(200),
      reason,
    }),
  },
} as const;
