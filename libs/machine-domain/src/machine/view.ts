import type { MachineState, MachineView } from '@yiqiu/contracts';
import { itemAt, revisionOf } from '../init-strategy/state.ts';
import type { MachineContextState } from '../state.ts';
import { possibleVerbs } from './lifecycle.ts';
import type { InitAttempt, Machine } from './state.ts';

/** What only the shell knows: heartbeats never enter the log. Times are ms since the epoch. */
export interface ObservedAgent {
  readonly connected: boolean;
  readonly lastSeenMs: number | null;
  readonly observedAtMs: number | null;
}

export const neverSeen: ObservedAgent = { connected: false, lastSeenMs: null, observedAtMs: null };

/** `iso` turns ms into the text of a time. `allocated` is the resource layer's, and comes in at the gateway. */
export const machineView = (
  state: MachineContextState,
  machine: Machine,
  observed: ObservedAgent,
  iso: (ms: number) => string,
): MachineView => ({
  name: machine.name,
  uid: machine.uid,
  pool: machine.pool,
  state: machine.state,
  since: machine.since,
  suspect: machine.suspect,
  maintenance: machine.maintenance,
  retired: false,
  health: machine.faults.length > 0 ? 'Critical' : machine.session === null ? 'Unknown' : 'OK',
  address: machine.address,
  labels: machine.labels,
  rack: machine.rack,
  zone: machine.zone,
  holdsOrphans: false,
  agent: {
    connected: observed.connected,
    version: machine.session?.agentVersion ?? null,
    lastSeen: observed.lastSeenMs === null ? null : iso(observed.lastSeenMs),
    observedAt: observed.observedAtMs === null ? null : iso(observed.observedAtMs),
  },
  capacity: machine.inventory?.capacity ?? null,
  allocated: { cpuMilli: 0, memoryMiB: 0, diskMiB: 0 },
  possible: machine.offlineRequest === null ? [...possibleVerbs(machine.state)] : [],
  operation: machine.init === null ? null : operationOf(state, machine.init, iso),
  faults: machine.faults.map((message) => ({
    rule: 'reported',
    severity: 'critical',
    since: machine.faultsSince ?? machine.since,
    message,
  })),
  ticket: machine.ticket,
});

const operationOf = (
  state: MachineContextState,
  init: InitAttempt,
  iso: (ms: number) => string,
): MachineView['operation'] => {
  const deadline = init.retryAt ?? init.startBy;
  return {
    kind: 'init',
    step: itemAt(revisionOf(state, init.strategy, init.revision), init.index)?.name ?? null,
    steps: init.steps,
    attempt: init.attempt,
    state: init.phase,
    message: init.message,
    deadline: deadline === null ? null : iso(deadline),
  };
};

export interface MachineFilters {
  readonly state?: string | undefined;
  readonly pool?: string | undefined;
}

export const machinesWhere = (state: MachineContextState, filters: MachineFilters): readonly Machine[] =>
  [...state.machines.values()].filter(
    (machine) =>
      (filters.state === undefined || machine.state === (filters.state as MachineState)) &&
      (filters.pool === undefined || machine.pool === filters.pool),
  );
