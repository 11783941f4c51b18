import { labels, machineState, resources } from '@yiqiu/contracts';
import { z } from 'zod';
import { fenceOrderRow } from '../fence/state.ts';
import type { MachineContextState } from '../state.ts';

/**
 * An attempt to initialise. `running`: the step at `index` is with the agent, or is just to be issued (`seq` null);
 * `waiting`: it failed and is tried again at `retryAt`; `failed`: the attempt is over, the machine stays NEW.
 */
const initRow = z.strictObject({
  attempt: z.int().min(1),
  strategy: z.string(),
  revision: z.int().min(1),
  hash: z.string(),
  steps: z.int().min(0),
  index: z.int().min(0),
  try: z.int().min(0),
  phase: z.enum(['running', 'waiting', 'failed']),
  generation: z.int().nullable(),
  seq: z.int().nullable(),
  startBy: z.int().nullable(),
  retryAt: z.int().nullable(),
  exitCode: z.int().nullable(),
  message: z.string().nullable(),
  outputDigest: z.string().nullable(),
});
export type InitAttempt = z.infer<typeof initRow>;

const sessionRow = z.strictObject({ bootId: z.string(), agentVersion: z.string(), journalId: z.string() });
const inventoryRow = z.strictObject({
  capacity: resources,
  os: z.string(),
  kernel: z.string(),
  arch: z.string(),
  foreignPorts: z.array(z.int()),
});

export const faultHistoryMax = 3;

export const machineRow = z.strictObject({
  uid: z.string(),
  name: z.string(),
  address: z.string(),
  pool: z.string(),
  poolUid: z.string(),
  rack: z.string().nullable(),
  zone: z.string().nullable(),
  labels,
  initStrategy: z.string(),
  state: machineState,
  since: z.string(),
  /** How it came to where it is: after `backed-up` it goes online only by a person, `repaired` is on probation. */
  origin: z.enum(['added', 'repaired', 'backed-up']),
  maintenance: z.boolean(),
  suspect: z.boolean(),
  /** Of the silence that made it suspect, ms since the epoch. */
  silentSince: z.int().nullable(),
  joinTokenHash: z.string(),
  /** The agent's identity; null until its token is used. */
  publicKey: z.string().nullable(),
  session: sessionRow.nullable(),
  inventory: inventoryRow.nullable(),
  attempts: z.int().min(0),
  init: initRow.nullable(),
  faults: z.array(z.string()),
  faultsSince: z.string().nullable(),
  /** Of the fault that it is not READY again from: who said it, and when, ms since the epoch. What the blast radius counts. */
  fault: z.strictObject({ by: z.enum(['operator', 'detector']), at: z.int() }).nullable(),
  /** Times of its newest faults, ms, oldest first, at most {@link faultHistoryMax}: what its repair class is chosen by. */
  faultHistory: z.array(z.int()),
  /** A person resumed its pool although it was away: until it is heard of again it does not count for the blast radius. */
  waived: z.boolean(),
  fence: fenceOrderRow.nullable(),
  /** Since its fault, its processes were proved gone. */
  fenced: z.boolean(),
  /** Its open alarm. */
  alarm: z.string().nullable(),
  /** The resource layer is asked to close it; given up at `deadline`, ms since the epoch. */
  offline: z.strictObject({ requestId: z.string(), deadline: z.int() }).nullable(),
  ticket: z.string().nullable(),
});
export type Machine = z.infer<typeof machineRow>;

export const machineNamed = (state: MachineContextState, name: string): Machine | undefined =>
  state.machines.get(state.machineByName.get(name) ?? '');
