import type { AlarmView } from '@yiqiu/contracts';
import type { MachineContextState } from '../state.ts';

/**
 * What a person has to know of now: each frozen pool, and each machine that has a fault and is not repaired. They follow
 * from the state, so an alarm is there exactly as long as its cause.
 */
export const alarmsOf = (state: MachineContextState): readonly AlarmView[] => [
  ...[...state.pools.values()].flatMap(({ uid, name, frozen }): AlarmView[] =>
    frozen === null
      ? []
      : [
          {
            id: uid,
            kind: 'pool-frozen',
            pool: name,
            machine: null,
            since: frozen.since,
            until: null,
            message: frozen.reason,
          },
        ],
  ),
  ...[...state.machines.values()]
    .filter(({ state: at }) => at === 'ERROR_DETECTED' || at === 'ERROR')
    .map((machine): AlarmView => ({
      id: machine.uid,
      kind: 'machine-fault',
      pool: machine.pool,
      machine: machine.name,
      since: machine.faultsSince ?? machine.since,
      until: null,
      message: machine.faults.join('; '),
    })),
];
