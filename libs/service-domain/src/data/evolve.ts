import { settle } from '@yiqiu/agent-queue';
import { enqueueDataChange } from '../agent/evolve.ts';
import type { EnvelopeOf } from '../events.ts';
import { addTo, dropFrom } from '../indexes.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import type { DataRow } from './state.ts';

export const evolveDataOrphaned = (state: ServiceState, { data, time }: EnvelopeOf<'DataOrphaned'>): void => {
  const row: DataRow = { ...data, since: time, change: null };
  state.data.set(row.uid, row);
  indexData(state, row);
};

export const indexData = (state: ServiceState, { uid, unit }: DataRow): void =>
  addTo(state.index.dataOfUnit, unit, uid);

export const evolveDataChangeRequested = (state: ServiceState, { data }: EnvelopeOf<'DataChangeRequested'>): void => {
  const { change: kind, target, operation } = data;
  // Its numbers come with DataChangeIssued, of the same decision.
  rowOf(state, data.uid).change = { kind, target, operation, generation: 0, seq: 0 };
};

export const evolveDataChangeIssued = (state: ServiceState, event: EnvelopeOf<'DataChangeIssued'>): void => {
  const { uid, generation, seq } = event.data;
  const row = rowOf(state, uid);
  row.change = { ...must(row.change ?? undefined, `the change of data ${uid}`), generation, seq };
  enqueueDataChange(state, event);
};

export const evolveDataChangeFailed = (state: ServiceState, { data }: EnvelopeOf<'DataChangeFailed'>): void => {
  const row = rowOf(state, data.uid);
  leaveQueue(state, row);
  row.change = null;
};

export const evolveDataGone = (
  state: ServiceState,
  { data }: EnvelopeOf<'DataPurged'> | EnvelopeOf<'DataAdopted'> | EnvelopeOf<'DataForgotten'>,
): void => {
  const row = rowOf(state, data.uid);
  leaveQueue(state, row);
  state.data.delete(row.uid);
  dropFrom(state.index.dataOfUnit, row.unit, row.uid);
};

const rowOf = (state: ServiceState, uid: string): DataRow => must(state.data.get(uid), `data ${uid}`);

const leaveQueue = (state: ServiceState, { machineUid, change }: DataRow): void => {
  const queue = state.queues.get(machineUid);
  if (queue !== undefined && change !== null) settle(queue, change.generation, change.seq);
};
