import { queueRow as queueJson } from '@yiqiu/agent-queue';
import type { TableRows, Tables } from '@yiqiu/kernel';
import { queueRow } from './agent/state.ts';
import { alarmRow } from './alarm/state.ts';
import { fenceRow } from './fence/state.ts';
import { strategyRevisionRow } from './init-strategy/index.ts';
import { setDeadlines } from './machine/deadlines.ts';
import { machineRow } from './machine/state.ts';
import { poolRow } from './pool/index.ts';
import { initialState, type MachineContextState } from './state.ts';
import { ticketRow } from './ticket/state.ts';

export const tables = (state: MachineContextState): Tables => ({
  pools: state.pools,
  strategies: state.strategies,
  machines: state.machines,
  queues: [...state.queues].map(([uid, queue]) => [uid, queueJson(queue)] as const),
  tickets: state.tickets,
  alarms: state.alarms,
  fences: state.fences,
});

/** Rows are checked, since a snapshot is a cache that may be of another time; indexes are built anew. Throws ZodError. */
export const restore = (rows: TableRows): MachineContextState => {
  const state = initialState();
  for (const [uid, row] of rows['pools'] ?? []) {
    const pool = poolRow.parse(row);
    state.pools.set(uid, pool);
    state.poolByName.set(pool.name, uid);
  }
  for (const [name, row] of rows['strategies'] ?? [])
    state.strategies.set(name, strategyRevisionRow.array().parse(row));
  for (const [uid, row] of rows['machines'] ?? []) {
    const machine = machineRow.parse(row);
    state.machines.set(uid, machine);
    state.machineByName.set(machine.name, uid);
    state.machineByToken.set(machine.joinTokenHash, uid);
    setDeadlines(state.deadlines, uid, machine);
  }
  for (const [uid, row] of rows['queues'] ?? []) state.queues.set(uid, queueRow.parse(row));
  for (const [uid, row] of rows['tickets'] ?? []) state.tickets.set(uid, ticketRow.parse(row));
  for (const [uid, row] of rows['alarms'] ?? []) state.alarms.set(uid, alarmRow.parse(row));
  for (const [uid, row] of rows['fences'] ?? []) state.fences.set(uid, fenceRow.parse(row));
  return state;
};
