import type { AgentQueue } from '@yiqiu/agent-queue';
import { Deadlines } from '@yiqiu/kernel';
import type { InitRef } from './agent/state.ts';
import type { Alarm } from './alarm/state.ts';
import type { Fence } from './fence/state.ts';
import type { StrategyRevision } from './init-strategy/state.ts';
import type { Machine } from './machine/state.ts';
import type { Pool } from './pool/state.ts';
import type { Ticket } from './ticket/state.ts';

/**
 * Context `machine` as its log tells it. Rows are replaced, never changed in place (queues excepted, which `tables` copies),
 * so that a row once read stays as it was. What is below "Indexes" follows from the rows and is rebuilt by `restore`.
 */
export type MachineContextState = {
  readonly pools: Map<string, Pool>;
  /** By name; each in the order of its revisions. */
  readonly strategies: Map<string, readonly StrategyRevision[]>;
  readonly machines: Map<string, Machine>;
  /** By machine uid. */
  readonly queues: Map<string, AgentQueue<InitRef>>;
  readonly tickets: Map<string, Ticket>;
  readonly alarms: Map<string, Alarm>;
  readonly fences: Map<string, Fence>;

  // Indexes.
  readonly poolByName: Map<string, string>;
  readonly machineByName: Map<string, string>;
  /** Hash of a join token → machine uid; a used token stays known until its machine leaves. */
  readonly machineByToken: Map<string, string>;
  readonly deadlines: Deadlines;
};

export const initialState = (): MachineContextState => ({
  pools: new Map(),
  strategies: new Map(),
  machines: new Map(),
  queues: new Map(),
  tickets: new Map(),
  alarms: new Map(),
  fences: new Map(),
  poolByName: new Map(),
  machineByName: new Map(),
  machineByToken: new Map(),
  deadlines: new Deadlines(),
});

/** For evolve and render: what an event names must be there, else the log is damaged. Throws Error. */
export const must = <T>(row: T | undefined, what: string): T => {
  if (row === undefined) throw new Error(`log machine is damaged: ${what} is not there`);
  return row;
};

/**
 * Keeps the `max` rows with the greatest keys of those that have one (null: it is never forgotten), so that every fold
 * forgets the same. Older ones are in the log.
 */
export const keepNewest = <T>(rows: Map<string, T>, max: number, keyOf: (row: T) => string | null): void => {
  if (rows.size <= max) return;
  const ended = [...rows].flatMap(([uid, row]) => {
    const key = keyOf(row);
    return key === null ? [] : [{ uid, key: `${key} ${uid}` }];
  });
  if (ended.length <= max) return;
  ended.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { uid } of ended.slice(0, ended.length - max)) rows.delete(uid);
};
