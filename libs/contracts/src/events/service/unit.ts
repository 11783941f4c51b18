import { z } from 'zod';
import {
  count,
  instant,
  name,
  outputRef,
  portMap,
  reason,
  resources,
  serviceName,
  text,
  uid,
  unitName,
} from '../define.ts';
import { placementRules, portRequest } from '../resource/resource-service.ts';

/** The commands of a unit, in the seed's order and after. */
export const unitSteps = [
  'install',
  'config-changed',
  'start',
  'relation-changed',
  'stop',
  'remove',
  'restart',
  'relation-departed',
  'member-add',
  'member-remove',
] as const;
export const unitStep = z.enum(unitSteps);
export type UnitStep = z.infer<typeof unitStep>;

/** YIQIU_REASON of page 03. */
export const stepReasons = [
  'deploy',
  'config',
  'relation',
  'members',
  'leader',
  'upgrade',
  'rollback',
  'migrate',
  'boot',
  'retry',
  'scale-in',
  'remove',
] as const;
export const stepReason = z.enum(stepReasons);
export type StepReason = z.infer<typeof stepReason>;

const unit = { uid, unit: unitName };
/** A container as it is bound to a unit. */
const granted = {
  container: uid,
  incarnation: z.int().min(1),
  machineUid: uid,
  machine: name,
  address: z.string().max(253),
  rack: z.string().max(63).nullable(),
  zone: z.string().max(63).nullable(),
  labels: z.record(z.string(), z.string()),
  resources,
  ports: portMap,
  home: z.string().max(128),
};
const step = {
  ...unit,
  incarnation: z.int().min(1),
  machineUid: uid,
  step: unitStep,
  generation: z.int().min(1),
  seq: z.int().min(1),
};

export const unitEvents = {
  /**
   * Stream `unit/<uid>`. Carries all that the resource layer needs to place it. `batch`: other units of the service that were
   * asked for with this one and are placed together with it, all or none; each has its own UnitRequested after this one.
   */
  UnitRequested: {
    1: z.strictObject({
      ...unit,
      groupUid: uid,
      serviceUid: uid,
      service: serviceName,
      ordinal: count,
      incarnation: z.int().min(1),
      requestId: uid,
      program: z.string().max(128),
      package: name,
      pools: z.array(name).min(1).max(64),
      ports: z.array(portRequest).max(64),
      placement: placementRules,
      batch: z
        .array(z.strictObject({ ...unit, ordinal: count, incarnation: z.int().min(1), requestId: uid }))
        .max(1_000)
        .optional(),
    }),
  },
  /** What a unit waits for from the resource layer, for people. */
  UnitPlacementWaits: { 1: z.strictObject({ ...unit, requestId: uid, message: text }) },
  UnitBound: {
    1: z.strictObject({
      ...unit,
      requestId: uid,
      ...granted,
    }),
  },
  /** A step was put into the queue of the machine's agent; files and variables are rendered from the state when it is sent. */
  StepIssued: {
    1: z.strictObject({
      ...step,
      reason: stepReason,
      changed: z.array(z.string()).max(1_000),
      startBy: instant,
      /** Of relation-departed. */
      relation: name.optional(),
      /** Of member steps: the unit that comes or went. */
      member: unitName.optional(),
    }),
  },
  StepSucceeded: { 1: z.strictObject({ ...step, durationMs: count, output: outputRef }) },
  StepFailed: {
    1: z.strictObject({ ...step, exitCode: z.int().nullable(), message: text, durationMs: count, output: outputRef }),
  },
  /** A person let a failed step count as done. */
  StepSkipped: {
    1: z.strictObject({ ...unit, incarnation: z.int().min(1), step: unitStep, reason: z.string().min(1).max(500) }),
  },
  /** Deployed to the end and healthy: shown to its requirers from now on. */
  UnitReady: { 1: z.strictObject({ ...unit, serviceUid: uid, incarnation: z.int().min(1), container: uid }) },
  /** Health as the agent reports it, changes only. */
  UnitHealthChanged: {
    1: z.strictObject({ ...unit, incarnation: z.int().min(1), healthy: z.boolean(), message: text }),
  },
  /** Begins to go for good: no requirer sees it any more. */
  UnitLeaving: {
    1: z.strictObject({
      ...unit,
      serviceUid: uid,
      incarnation: z.int().min(1),
      reason: z.enum(['scale-in', 'remove']),
    }),
  },
  UnitStopRequested: { 1: z.strictObject({ ...unit, reason }) },
  UnitStartRequested: { 1: z.strictObject({ ...unit, reason }) },
  UnitStopped: { 1: z.strictObject({ ...unit, incarnation: z.int().min(1) }) },
  /**
   * The unit has moved: from here on `incarnation` on the new machine is the one that may run, and the old container may be
   * released. What still runs of the older incarnation is stopped when its machine can be asked; its data is kept there.
   */
  UnitMigrated: {
    1: z.strictObject({
      ...unit,
      serviceUid: uid,
      requestId: uid,
      /** `copy`: under this uid what is left on the old machine is cleaned up. */
      from: z.strictObject({ container: uid, machineUid: uid, machine: name, incarnation: z.int().min(1), copy: uid }),
      to: z.strictObject({ ...granted }),
    }),
  },
  /** The resource layer has a place for the unit's next incarnation; it moves there when it may. */
  ReplacementOffered: { 1: z.strictObject({ ...unit, requestId: uid, to: z.strictObject({ ...granted }) }) },
  /** The place that was offered is gone again. */
  OfferWithdrawn: { 1: z.strictObject({ ...unit, container: uid, message: text }) },
  /** It is proven that no process of this incarnation runs any more. */
  UnitFenced: {
    1: z.strictObject({ ...unit, incarnation: z.int().min(1), machineUid: uid, how: z.string().max(63) }),
  },
  /** What was left of an older or given-up incarnation is gone from its machine, its data kept. `uid` is the unit's. */
  UnitCopyRemoved: {
    1: z.strictObject({ ...unit, copy: uid, incarnation: z.int().min(1), container: uid }),
  },
  /** The roll-out's turn: the unit is to have this version. */
  UnitUpdateRequested: {
    1: z.strictObject({
      ...unit,
      programUid: uid,
      reason: z.enum(['upgrade', 'rollback']),
      deployment: uid.nullable(),
    }),
  },
  /** Stopped, and from here on of the other version. */
  UnitSwitched: {
    1: z.strictObject({
      ...unit,
      incarnation: z.int().min(1),
      programUid: uid,
      reason: z.enum(['upgrade', 'rollback']),
    }),
  },
  /** A leaving unit's requirers do not use it any more, or did not say so in time. */
  UnitDrained: { 1: z.strictObject({ ...unit, message: text }) },
  /**
   * The unit stays where it is: `container` is kept, `replacement` given up. `waits`: its data is on that machine and it waits
   * for it or for a person; once fenced, its container does not count as live. `retry`: another replacement may be offered.
   */
  EvacuationCancelled: {
    1: z.strictObject({
      ...unit,
      incarnation: z.int().min(1),
      container: uid,
      replacement: uid.nullable(),
      then: z.enum(['waits', 'retry']),
      message: text,
    }),
  },
  /** Gone: the container may be released. `container` null where it never had one; then `requestId` is to be cancelled. */
  UnitRemoved: {
    1: z.strictObject({
      ...unit,
      serviceUid: uid,
      incarnation: z.int().min(1),
      container: uid.nullable(),
      requestId: uid,
    }),
    /** `confirmed`: its agent said so, or it never ran; else what runs there is not known, and UnitCopyRemoved follows. */
    2: z.strictObject({
      ...unit,
      serviceUid: uid,
      incarnation: z.int().min(1),
      container: uid.nullable(),
      requestId: uid,
      confirmed: z.boolean(),
    }),
  },
  /** An allocation that nobody asked for (any more): to be released. */
  ContainerDeclined: { 1: z.strictObject({ container: uid, requestId: uid, unit: unitName, message: text }) },
} as const;
