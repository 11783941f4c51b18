import { resources, stepReason, unitStep } from '@yiqiu/contracts';
import { z } from 'zod';

export const unitStates = [
  'PENDING',
  'ALLOCATED',
  'INSTALLING',
  'CONFIGURING',
  'STARTING',
  'RELATING',
  'RUNNING',
  'DEGRADED',
  'UPDATING',
  'MIGRATING',
  'FAILED',
  'STOPPING',
  'STOPPED',
  'REMOVING',
  'REMOVED',
] as const;
export const unitState = z.enum(unitStates);
export type UnitState = z.infer<typeof unitState>;

/** How far unit_deploy is: the step that is next or at work; `up` when all were done. */
export const stages = ['install', 'config-changed', 'start', 'relation-changed', 'up'] as const;
export const stage = z.enum(stages);
export type Stage = z.infer<typeof stage>;

const binding = z.object({
  container: z.string(),
  machineUid: z.string(),
  machine: z.string(),
  address: z.string(),
  rack: z.string().nullable(),
  zone: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  resources,
  ports: z.record(z.string(), z.int()),
  home: z.string(),
});
export type Binding = z.infer<typeof binding>;

const outstanding = z.object({
  step: unitStep,
  generation: z.int(),
  seq: z.int(),
  reason: stepReason,
  changed: z.array(z.string()),
  startBy: z.int(),
  /** Of the service when it was issued. */
  configRevision: z.int(),
});
export type Outstanding = z.infer<typeof outstanding>;

const failure = z.object({
  step: unitStep,
  exitCode: z.int().nullable(),
  message: z.string(),
  /** Last line of the step's output. */
  tail: z.string(),
  at: z.string(),
});
export type Failure = z.infer<typeof failure>;

export const unitRow = z.object({
  uid: z.string(),
  /** `cache/redis/3` */
  name: z.string(),
  groupUid: z.string(),
  serviceUid: z.string(),
  ordinal: z.int(),
  incarnation: z.int(),
  requestId: z.string(),
  programUid: z.string(),
  goal: z.enum(['run', 'stop', 'leave']),
  leaving: z.enum(['scale-in', 'remove']).nullable(),
  stage,
  /** Why the steps that are now at work are done: YIQIU_REASON of those that follow. */
  cause: stepReason,
  /** Was ready since its last start from nothing. */
  deployed: z.boolean(),
  stopped: z.boolean(),
  /** Of the way down: which steps were done, failed or skipped. */
  ended: z.array(z.enum(['stop', 'remove'])),
  step: outstanding.nullable(),
  /** On the way out: when what is outstanding counts as unanswered, ms since the epoch. */
  deadline: z.int().nullable(),
  lastCommand: z.object({ step: unitStep, generation: z.int(), seq: z.int() }).nullable(),
  /** When the last command ended, ms since the epoch; 0 where none did. */
  endedAt: z.int(),
  failed: failure.nullable(),
  binding: binding.nullable(),
  /** What the resource layer says it waits for. */
  placement: z.string().nullable(),
  health: z.object({ ok: z.boolean(), message: z.string() }),
  configRevision: z.int(),
  /** Of the repairs that followed each other closely. */
  repair: z.object({ attempts: z.int(), at: z.int() }),
  /** Its agent reported that it was removed. */
  gone: z.boolean(),
  /** Removed for everybody, while its machine could not be asked: cleaned up when its agent reports it. */
  ghost: z.boolean(),
  state: unitState,
  since: z.string(),
  readyAt: z.string().nullable(),
});
export type UnitRow = z.infer<typeof unitRow>;
