import type { AgentQueue } from '@yiqiu/agent-queue';
import type { DataRow } from './data/state.ts';
import type { GroupRow } from './group/state.ts';
import type { Indexes, Tally } from './indexes.ts';
import { emptyIndexes, emptyTally } from './indexes.ts';
import type { OperationRow } from './operation/state.ts';
import type { ManifestView } from './program/manifest-view.ts';
import type { ProgramRow } from './program/state.ts';
import type { RelationRow, VirtualRow } from './relation/state.ts';
import type { DeploymentRow } from './rollout/state.ts';
import type { ServiceRow } from './service/state.ts';
import type { UnitRow } from './unit/state.ts';

/** What a queued command is about: a unit's step, or data that no unit uses. */
export type CommandRef = { readonly unitUid: string; readonly step: string } | { readonly dataUid: string };

/** Context `service` as its log tells it. Rows change in place, in `evolve` alone. What has been removed has no row. */
export interface ServiceState {
  readonly programs: Map<string, ProgramRow>;
  readonly groups: Map<string, GroupRow>;
  readonly services: Map<string, ServiceRow>;
  readonly units: Map<string, UnitRow>;
  /** By machine uid. */
  readonly queues: Map<string, AgentQueue<CommandRef>>;
  /** Machines that left: their agents are not listened to any more. */
  readonly departed: Set<string>;
  readonly data: Map<string, DataRow>;
  readonly relations: Map<string, RelationRow>;
  readonly virtuals: Map<string, VirtualRow>;
  /** In the order of their start. */
  readonly deployments: Map<string, DeploymentRow>;
  /** In the order of their start. */
  readonly operations: Map<string, OperationRow>;
  readonly index: Indexes;
}

export const initialState = (): ServiceState => ({
  programs: new Map(),
  groups: new Map(),
  services: new Map(),
  units: new Map(),
  queues: new Map(),
  departed: new Set(),
  data: new Map(),
  relations: new Map(),
  virtuals: new Map(),
  deployments: new Map(),
  operations: new Map(),
  index: emptyIndexes(),
});

/** What an event names must be there, else the log is damaged. Throws Error. */
export const must = <T>(row: T | undefined, what: string): T => {
  if (row === undefined) throw new Error(`log service is damaged: ${what} is not there`);
  return row;
};

export const groupNamed = (state: ServiceState, name: string): GroupRow | null =>
  state.groups.get(state.index.groupByName.get(name) ?? '') ?? null;

export const serviceNamed = (state: ServiceState, name: string): ServiceRow | null =>
  state.services.get(state.index.serviceByName.get(name) ?? '') ?? null;

export const unitNamed = (state: ServiceState, name: string): UnitRow | null =>
  state.units.get(state.index.unitByName.get(name) ?? '') ?? null;

export const programOfRef = (state: ServiceState, ref: string): ProgramRow | null =>
  state.programs.get(state.index.programByRef.get(ref) ?? '') ?? null;

export const manifestOf = (state: ServiceState, programUid: string): ManifestView =>
  must(state.index.manifests.get(programUid), `program ${programUid}`);

export const servicesOf = (state: ServiceState, groupUid: string): ServiceRow[] =>
  [...(state.index.servicesOfGroup.get(groupUid) ?? [])].flatMap((uid) => state.services.get(uid) ?? []);

/** A service's units and ghosts, by ordinal; a ghost after the unit that has its ordinal now. */
export const unitsOf = (state: ServiceState, serviceUid: string): UnitRow[] =>
  [...(state.index.unitsOfService.get(serviceUid) ?? [])]
    .flatMap((uid) => state.units.get(uid) ?? [])
    .sort((a, b) => a.ordinal - b.ordinal || Number(a.ghost) - Number(b.ghost));

/** Units that should exist: neither leaving nor gone, by ordinal. */
export const liveUnitsOf = (state: ServiceState, serviceUid: string): UnitRow[] =>
  unitsOf(state, serviceUid).filter((unit) => unit.goal !== 'leave' && !unit.ghost);

export const unitsOn = (state: ServiceState, machineUid: string): UnitRow[] =>
  [...(state.index.unitsOnMachine.get(machineUid) ?? [])].flatMap((uid) => state.units.get(uid) ?? []);

export const tallyOf = (state: ServiceState, serviceUid: string): Tally =>
  state.index.tallies.get(serviceUid) ?? emptyTally();
