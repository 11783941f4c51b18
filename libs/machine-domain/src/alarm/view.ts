import type { alarmStates, AlarmView } from '@yiqiu/contracts';
import { fenceMessage } from '../fence/view.ts';
import { machineNamed } from '../machine/state.ts';
import type { MachineContextState } from '../state.ts';
import type { Alarm } from './state.ts';

export interface AlarmFilters {
  /** `active` where nothing is said: what a person has to know of now. */
  readonly state?: (typeof alarmStates)[number] | undefined;
  readonly pool?: string | undefined;
  readonly machine?: string | undefined;
}

/** One per incident. An active one also says what its machine waits for now. */
export const alarmsWhere = (state: MachineContextState, filters: AlarmFilters): readonly AlarmView[] => {
  const { state: wanted = 'active' } = filters;
  return [...state.alarms.values()]
    .filter(({ until }) => wanted === 'all' || (until === null) === (wanted === 'active'))
    .filter(({ pool }) => filters.pool === undefined || pool === filters.pool)
    .filter(({ machine }) => filters.machine === undefined || machine === filters.machine)
    .map((alarm) => alarmView(state, alarm));
};

const alarmView = (state: MachineContextState, { uid, ...alarm }: Alarm): AlarmView => {
  const machine = alarm.until === null && alarm.machine !== null ? machineNamed(state, alarm.machine) : undefined;
  const more = machine === undefined ? null : fenceMessage(machine);
  return { id: uid, ...alarm, message: more === null ? alarm.message : `${alarm.message}; ${more}` };
};
