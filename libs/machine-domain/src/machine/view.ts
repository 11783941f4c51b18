import type { MachineView } from '@yiqiu/contracts';
import type { MachineContextState } from '../state.ts';
import { possibleFor } from './lifecycle.ts';
import { operationOf } from './operation.ts';
import type { Machine } from './state.ts';

/** What only the shell knows: heartbeats never enter the log. Times are ms since the epoch. */
export interface ObservedAgent {
  readonly connected: boolean;
  readonly lastSeenMs: number | null;
  readonly observedAtMs: number | null;
  /** Its agent is silent, and the fence driver shows that the machine itself is up. */
  readonly knownUp: boolean;
}

export const neverSeen: ObservedAgent = { connected: false, lastSeenMs: null, observedAtMs: null, knownUp: false };

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
  health: healthOf(machine),
  address: machine.address,
  labels: machine.labels,
  rack: machine.rack,
  zone: machine.zone,
  holdsOrphans: null,
  agent: {
    connected: observed.connected,
    version: machine.session?.agentVersion ?? null,
    lastSeen: observed.lastSeenMs === null ? null : iso(observed.lastSeenMs),
    observedAt: observed.observedAtMs === null ? null : iso(observed.observedAtMs),
  },
  capacity: machine.inventory?.capacity ?? null,
  allocated: { cpuMilli: 0, memoryMiB: 0, diskMiB: 0 },
  possible: [...possibleFor(machine)],
  operation: operationOf(state, machine, observed, iso),
  faults: machine.faults.map((message) => ({
    rule: machine.fault?.by === 'detector' ? 'silence' : 'reported',
    severity: 'critical',
    since: machine.faultsSince ?? machine.since,
    message,
  })),
  ticket: machine.ticket,
});

const healthOf = ({ faults, session, suspect }: Machine): string => {
  if (faults.length > 0) return 'Critical';
  if (session === null) return 'Unknown';
  return suspect ? 'Warning' : 'OK';
};

export interface MachineFilters {
  readonly state?: string | undefined;
  readonly pool?: string | undefined;
}

export const machinesWhere = (state: MachineContextState, filters: MachineFilters): readonly Machine[] =>
  [...state.machines.values()].filter(
    (machine) =>
      (filters.state === undefined || machine.state === filters.state) &&
      (filters.pool === undefined || machine.pool === filters.pool),
  );
