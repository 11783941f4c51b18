import { resources, stepReason, unitStates, unitStep } from '@yiqiu/contracts';
import { z } from 'zod';

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

/** What a unit was told of the world around it, as signatures (`relation/seen.ts`). */
const told = z.object({
  members: z.string(),
  leader: z.int(),
  /** By endpoint: what was seen there, and whose addresses were in it. */
  relations: z.record(z.string(), z.object({ seen: z.string(), units: z.array(z.string()) })),
});
export type Told = z.infer<typeof told>;

const outstanding = z.object({
  step: unitStep,
  generation: z.int(),
  seq: z.int(),
  reason: stepReason,
  changed: z.array(z.string()),
  startBy: z.int(),
  relation: z.string().nullable(),
  member: z.string().nullable(),
  /** Of the service when it was issued. */
  configRevision: z.int(),
  /** What the unit knows when it is done. */
  tells: told,
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

/** A place for the next incarnation. */
const offer = z.object({ requestId: z.string(), incarnation: z.int(), binding });

export const unitRow = z.object({
  uid: z.string(),
  /** As its agent knows it: the unit's uid, which a copy that was left behind keeps. */
  agentUid: z.string(),
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
  offer: offer.nullable(),
  /** No process of this incarnation runs any more: proven. */
  fenced: z.boolean(),
  /** Its data is on a machine that is lost: it waits for it, or for a person. */
  waits: z.boolean(),
  told,
  /** The version it is to have, once it is stopped. */
  update: z.object({ programUid: z.string(), reason: z.enum(['upgrade', 'rollback']) }).nullable(),
  /** On its way out: its requirers do not use it any more. */
  drained: z.boolean(),
  /** What it published, by endpoint: JSON text. */
  bags: z.record(z.string(), z.string()),
  /** The other members were told of this incarnation (hook `member-add`). */
  joined: z.boolean(),
  /** An older incarnation that its unit has left behind by moving. */
  copy: z.boolean(),
  /** Removed for everybody, while its machine could not be asked: cleaned up when its agent reports it. */
  ghost: z.boolean(),
  state: unitState,
  since: z.string(),
  readyAt: z.string().nullable(),
});
export type UnitRow = z.infer<typeof unitRow>;
