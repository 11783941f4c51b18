import { keepNewest, must, type MachineContextState } from '../state.ts';
import type { Alarm } from './state.ts';

/** Ended alarms that stay in memory and in lists; older ones are in the log. */
export const endedAlarmsMax = 1_000;

/** The id is that of the event that began the incident. */
export const raise = (state: MachineContextState, alarm: Omit<Alarm, 'until'>): string => {
  state.alarms.set(alarm.uid, { ...alarm, until: null });
  return alarm.uid;
};

/** `uid` null: there is none to end. */
export const end = (state: MachineContextState, uid: string | null, time: string): void => {
  if (uid === null) return;
  state.alarms.set(uid, { ...must(state.alarms.get(uid), `alarm ${uid}`), until: time });
  keepNewest(state.alarms, endedAlarmsMax, ({ until }) => until);
};
