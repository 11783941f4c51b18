import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import { unitsOn } from '../state.ts';

/** The machine layer has proof that processes are gone. */
export type RecordFence = Command<
  'RecordFence',
  {
    readonly machineUid: string;
    readonly how: string;
    /** Null: every incarnation on that machine. */
    readonly only: readonly { readonly unit: string; readonly incarnation: number }[] | null;
  }
>;

/** Every incarnation on that machine that the fence covers and is not fenced yet. Never refused. */
export const recordFence = (state: ServiceState, { data }: RecordFence): Decision<ServiceContextEvent> => {
  const { machineUid, how, only } = data;
  const covered = unitsOn(state, machineUid)
    .filter(({ fenced }) => !fenced)
    .filter(
      ({ name, incarnation }) =>
        only === null || only.some((one) => one.unit === name && one.incarnation === incarnation),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return accept(
    covered.map(({ uid, name, incarnation }) => ({
      stream: `unit/${uid}`,
      type: 'UnitFenced',
      version: 1,
      data: { uid, unit: name, incarnation, machineUid, how },
    })),
  );
};
