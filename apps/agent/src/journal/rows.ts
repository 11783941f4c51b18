import { agentPayload, queueOwners, unitCommand, type AgentPayload, type QueueOwner } from '@yiqiu/contracts';
import { changeEffects } from '@yiqiu/program/manifest-types';
import { z } from 'zod';

/** One command's place in its owner's queue. */
export interface CommandKey {
  readonly owner: QueueOwner;
  readonly generation: number;
  readonly seq: number;
}

export const keyText = ({ owner, generation, seq }: CommandKey): string => `${owner}-${generation}-${seq}`;

const place = { owner: z.enum(queueOwners), generation: z.int(), seq: z.int() };

export const placeRow = z.object(place);

/** What an owner's queue stands at here. `generation` 0: the agent knows none yet. */
export const ownerRow = z.object({
  owner: z.enum(queueOwners),
  lineage: z.string(),
  epoch: z.int(),
  generation: z.int(),
  last_seq: z.int(),
});
export type OwnerRow = z.infer<typeof ownerRow>;

const standing = { start_by: z.int(), started_at: z.int().nullable(), boot_id: z.string().nullable() };

const standingOf = (row: z.infer<z.ZodObject<typeof standing>>) => ({
  startBy: row.start_by,
  /** ms since the epoch; null: accepted, not begun. */
  startedAt: row.started_at,
  /** The boot in which it was begun. */
  bootId: row.boot_id,
});

/** How far an accepted command has come. */
export const standingRow = z.object(standing).transform(standingOf);

export const commandRow = z.object({ ...place, ...standing, payload: z.string() }).transform((row) => ({
  key: { owner: row.owner, generation: row.generation, seq: row.seq },
  payload: agentPayload.parse(JSON.parse(row.payload)),
  ...standingOf(row),
}));

export interface AcceptedCommand {
  readonly key: CommandKey;
  readonly startBy: number;
  readonly payload: AgentPayload;
  readonly startedAt: number | null;
  readonly bootId: string | null;
}

/** A hook or script that was started for a command. */
export const runRow = z
  .object({ pid: z.int(), start_ticks: z.int(), kernel_boot_id: z.string(), started_at: z.int() })
  .transform((row) => ({
    identity: { pid: row.pid, startTicks: row.start_ticks, kernelBootId: row.kernel_boot_id },
    startedAt: row.started_at,
  }));
export type RunRow = z.infer<typeof runRow>;

const identity = z.object({ pid: z.int(), startTicks: z.int(), kernelBootId: z.string() });

/** What the agent knows of one unit home. */
export const unitRecord = z.object({
  uid: z.string(),
  unit: z.string(),
  incarnation: z.int(),
  home: z.string(),
  /** What the last step wanted; the agent restores `running` after an exit, and after a boot where it may. */
  wanted: z.enum(['running', 'stopped']),
  /** For a program without a process: when its last `start` was, unless `stop` or a boot followed. ms since the epoch. */
  startedAt: z.int().nullable(),
  /** It ran before the machine booted, and has not been started since. */
  bootDue: z.boolean(),
  /** Hook `install` succeeded for this incarnation. */
  installed: z.boolean(),
  /** Hook `init`: `begun` and not done means again, whatever the data directories hold by now. */
  init: z.enum(['none', 'begun', 'done']),
  /** SHA-256 of each file as it was rendered last, by path below the home: programs may rewrite their files. */
  rendered: z.record(z.string(), z.string()),
  /** Files were written whose change the process has not been told yet. */
  effectDue: z.enum(changeEffects),
  /** The program link was switched, and hook `upgrade` has not succeeded since. */
  upgradeDue: z.boolean(),
  /** Why the agent stopped restarting the process, or null. */
  gaveUp: z.string().nullable(),
  /** Why the process is not started before its owner says so, or null. */
  held: z.string().nullable(),
  process: z.object({ identity, startedAt: z.int() }).nullable(),
  /** As the last check found it, so that the agent's restart does not look like a failure. */
  ready: z.boolean(),
  /** Restarts by the agent since the last start that was asked for. */
  restarts: z.int(),
  generation: z.int(),
  /** Highest seq of that generation that was done for this unit. */
  lastSeq: z.int(),
  /** The newest command: program, ports, context. */
  command: unitCommand,
});
export type UnitRecord = z.infer<typeof unitRecord>;
