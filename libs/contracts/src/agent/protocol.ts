import { z } from 'zod';
import { count, digest, instant, portMap, resources, uid, unitName } from '../events/define.ts';
import { dataChanges } from '../events/service/data.ts';
import { stepReason, unitStep } from '../events/service/unit.ts';
import { unitContext } from '../unit-context.ts';
import { queueOwners } from './subjects.ts';

/** What an agent speaks. The owner answers a hello outside its own range with `protocol-unsupported`. */
export const protocolRange = { min: 1, max: 1 } as const;

const seq = z.int().min(1);
const generation = z.int().min(0);
const protocol = z.strictObject({ min: z.int().min(1), max: z.int().min(1) });

export const inventory = z.strictObject({
  capacity: resources,
  os: z.string().max(128),
  kernel: z.string().max(128),
  arch: z.string().max(32),
  hostname: z.string().max(253),
  /** TCP ports on the machine's address that processes other than its units hold. */
  foreignPorts: z.array(z.int().min(1).max(65_535)).max(4_096),
});
export type Inventory = z.infer<typeof inventory>;

export const hello = z.object({
  protocol,
  agentVersion: z.string().max(64),
  machineUid: uid,
  bootId: z.string().max(64),
  /** Of the agent's journal; another one after a re-image. */
  journalId: uid,
  startedAt: instant,
  sentAt: instant,
  inventory,
});
export type Hello = z.infer<typeof hello>;

/** Times in ms. */
export const agentTiming = z.object({ heartbeatMs: count, leaseMs: count, stateReportMs: count });
export type AgentTiming = z.infer<typeof agentTiming>;

export const agentError = z.object({ code: z.string(), message: z.string() });

export const helloReply = z.union([
  z.object({
    ok: z.literal(true),
    protocol: z.int().min(1),
    lineage: uid,
    epoch: count,
    timing: agentTiming,
    /** PEM of the platform's Ed25519 public key, for program signatures. */
    platformKey: z.string(),
    machine: z.object({ name: z.string(), address: z.string() }),
  }),
  z.object({ ok: z.literal(false), error: agentError }),
]);
export type HelloReply = z.infer<typeof helloReply>;

/** `probe`: result of a real write, fsync and fork on the managed filesystem. `pauseMs`: the agent's own pause since the last. */
export const heartbeat = z.object({
  machineUid: uid,
  bootId: z.string().max(64),
  number: count,
  sentAt: instant,
  probe: z.object({ ok: z.boolean(), message: z.string().max(500), ms: count }),
  pauseMs: count,
});
export type Heartbeat = z.infer<typeof heartbeat>;

/** A shell script of an init strategy, run by the agent with `/bin/sh -eu`; or a kernel check. */
export const initCommand = z.object({
  kind: z.literal('init-step'),
  name: z.string(),
  check: z.boolean(),
  run: z.string().nullable(),
  kernel: z.string().nullable(),
  user: z.string(),
  timeoutMs: count,
  mayReboot: z.boolean(),
});

/** One step of a unit. The program's manifest comes with its archive (FetchRequest), the rest is here, rendered when sent. */
export const unitCommand = z.object({
  kind: z.literal('unit-step'),
  unitUid: uid,
  unit: unitName,
  incarnation: z.int().min(1),
  step: unitStep,
  reason: stepReason,
  changed: z.array(z.string()),
  /** YIQIU_RELATION: the endpoint, in relation steps. */
  relation: z.string().nullable().default(null),
  /** YIQIU_SEED: it begins the service's data from nothing. */
  seed: z.boolean().default(false),
  /** YIQIU_DONOR: a healthy member to fill from. */
  donor: z.string().nullable().default(null),
  /** YIQIU_MEMBER: the unit that comes or went, in member steps. */
  member: z.string().nullable().default(null),
  /** Directory name below the agent's root. */
  home: z.string().max(128),
  address: z.string(),
  ports: portMap,
  program: z.object({
    name: z.string(),
    version: z.string(),
    digest,
    sizeBytes: count,
    signature: z.string(),
    manifest: z.record(z.string(), z.json()),
  }),
  context: unitContext,
});
export type UnitCommand = z.infer<typeof unitCommand>;
export type InitCommand = z.infer<typeof initCommand>;

/**
 * Data that a removal moved to the orphans, `path` as it was reported then: deleted, or moved to the home of `target`, a stopped
 * unit, whose own data there goes to the orphans. The agent touches only what it keeps for that unit below its orphans. Done
 * already counts as done.
 */
export const dataCommand = z.object({
  kind: z.literal('data-change'),
  change: z.enum(dataChanges),
  dataUid: uid,
  unitUid: uid,
  unit: unitName,
  incarnation: z.int().min(1),
  path: z.string().min(1).max(4_096),
  target: z.object({ unitUid: uid, unit: unitName, incarnation: z.int().min(1), home: z.string().max(128) }).nullable(),
});
export type DataCommand = z.infer<typeof dataCommand>;

export const agentPayload = z.discriminatedUnion('kind', [initCommand, unitCommand, dataCommand]);
export type AgentPayload = z.infer<typeof agentPayload>;

/** A queued command on the wire. After `startBy` (ms since the epoch) the agent does not start it and reports `expired`. */
export const agentCommand = z.object({ seq, startBy: instant, payload: agentPayload });
export type AgentCommand = z.infer<typeof agentCommand>;

const owner = z.enum(queueOwners);

/**
 * What the agent should have. Numbers up to `floor` that are not in `commands` are void. `more`: ask again. The agent keeps
 * the highest epoch per owner and refuses lower ones, and refuses another lineage until it is adopted.
 */
export const commandPush = z.object({
  owner,
  lineage: uid,
  epoch: count,
  generation: z.int().min(1),
  floor: count,
  commands: z.array(agentCommand).max(100),
  more: z.boolean(),
});
export type CommandPush = z.infer<typeof commandPush>;

/** Accepted, that is journalled on disk, up to and including `acceptedUpTo`; not the result. */
export const commandAccepted = z.union([
  z.object({ ok: z.literal(true), generation, acceptedUpTo: count }),
  z.object({ ok: z.literal(false), generation, acceptedUpTo: count, error: agentError }),
]);
export type CommandAccepted = z.infer<typeof commandAccepted>;

/** Pull: at connect, on a gap, with each heartbeat. `generation` 0: the agent knows none yet. */
export const syncRequest = z.object({ machineUid: uid, owner, journalId: uid, generation, lastSeq: count });
export type SyncRequest = z.infer<typeof syncRequest>;
export const syncReply = z.union([
  z.object({ ok: z.literal(true), push: commandPush }),
  z.object({ ok: z.literal(false), error: agentError }),
]);
export type SyncReply = z.infer<typeof syncReply>;

/** Bytes of output that a report carries, at most: the last ones. */
export const outputBytesMax = 64 * 1024;

export const stepReport = z.object({
  machineUid: uid,
  owner,
  lineage: uid,
  generation: z.int().min(1),
  seq,
  outcome: z.enum(['succeeded', 'failed', 'expired']),
  exitCode: z.int().nullable(),
  message: z.string().max(4_000),
  output: z.string().max(outputBytesMax),
  outputTruncated: z.boolean(),
  startedAt: instant,
  endedAt: instant,
  /** Data directories moved to the orphans by `remove`. */
  orphans: z.array(z.object({ path: z.string().max(4_096), sizeBytes: count })).max(64),
});
export type StepReport = z.infer<typeof stepReport>;

/** Keys and values that a hook published; at most 64 KiB as JSON per unit, which the agent checks. */
const relationBag = z.record(z.string().max(128), z.string().max(4_096));

/** What really is, per unit home on the machine: level-triggered, compared by the owner with what should be. */
export const unitReport = z.object({
  unitUid: uid,
  unit: unitName,
  incarnation: z.int().min(1),
  home: z.string().max(128),
  /** `running`: its process, or for a program without one its last `start`, is there. `starting`, `stopping`: a step is at work. */
  process: z.enum(['running', 'stopped', 'starting', 'stopping', 'gave-up']),
  pid: count.nullable(),
  ready: z.boolean(),
  message: z.string().max(500),
  role: z.string().max(63).nullable(),
  /**
   * The last answer of `leader.eligible`, asked from process start on; null where the program has no such check, or it was
   * not asked yet. `rank`: what it printed, 0 where that is no integer.
   */
  eligible: z
    .object({ ok: z.boolean(), rank: z.int(), message: z.string().max(500), observedAt: instant })
    .nullable()
    .default(null),
  /** What its hooks published with `relation-set`, by endpoint: level-triggered, the whole of it. */
  relationData: z.record(z.string().max(63), z.object({ unit: relationBag, service: relationBag })).default({}),
  /** Highest seq of the service owner's queue that was done for this unit. */
  lastSeq: count,
  startedAt: instant.nullable(),
  observedAt: instant,
});
export type UnitReport = z.infer<typeof unitReport>;

export const stateReport = z.object({
  machineUid: uid,
  bootId: z.string().max(64),
  journalId: uid,
  generation,
  /** Grows by one per report of this agent process; with `startedAt` it orders reports. */
  number: count,
  startedAt: instant,
  sentAt: instant,
  /** Highest accepted seq: a report below a unit's last command repairs nothing. */
  acceptedUpTo: count,
  units: z.array(unitReport).max(1_000),
  /** The kinds of questions that this agent answers (`questions.ts`); one that is older says none. */
  answers: z.array(z.string().max(63)).max(32).default([]),
});
export type StateReport = z.infer<typeof stateReport>;
export const stateReportReply = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: agentError }),
]);
export type StateReportReply = z.infer<typeof stateReportReply>;

export const fetchRequest = z.object({ machineUid: uid, digest, offset: count, length: z.int().min(1) });
export type FetchRequest = z.infer<typeof fetchRequest>;

/** Over HTTP, before there is an identity: the one-time token against NATS credentials for the agent's own key. */
export const joinRequest = z.strictObject({
  token: z.string().min(1).max(256),
  publicKey: z.string().min(1).max(128),
  agentVersion: z.string().max(64),
});
export type JoinRequest = z.infer<typeof joinRequest>;
export const joinReply = z.object({
  machineUid: uid,
  machine: z.string(),
  address: z.string(),
  jwt: z.string(),
  natsUrl: z.string(),
});
export type JoinReply = z.infer<typeof joinReply>;
