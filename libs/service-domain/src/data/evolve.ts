import type { EnvelopeOf } from '../events.ts';
import { addTo, dropFrom } from '../indexes.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import type { DataRow } from './state.ts';

export const evolveDataOrphaned = (state: ServiceState, { data, time }: EnvelopeOf<'DataOrphaned'>): void => {
  const { uid, unit, incarnation, machineUid, machine, path, sizeBytes, kind } = data;
  const row: DataRow = { uid, unit, incarnation, machineUid, machine, path, sizeBytes, kind, since: time };
  state.data.set(uid, row);
  indexData(state, row);
};

export const indexData = (state: ServiceState, { uid, unit }: DataRow): void =>
  addTo(state.index.dataOfUnit, unit, uid);

export const evolveDataPurged = (state: ServiceState, { data }: EnvelopeOf<'DataPurged'>): void => {
  const row = must(state.data.get(data.uid), `data ${data.uid}`);
  state.data.delete(row.uid);
  dropFrom(state.index.dataOfUnit, row.unit, row.uid);
};
