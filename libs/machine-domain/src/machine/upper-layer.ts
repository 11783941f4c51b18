import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import type { MachineContextState } from '../state.ts';
import { machineUnknown, offlineUnknown, stateForbids } from './errors.ts';
import { transitionOf } from './lifecycle.ts';

/** The resource layer's confirmation that no live container is left: ERROR_DETECTED → ERROR, and a ticket. */
export type MigrateUnit = Command<'MigrateUnit', { readonly uid: string }>;
/** The resource layer has closed the machine, empty: the second phase of offline. */
export type CompleteOffline = Command<'CompleteOffline', { readonly uid: string; readonly requestId: string }>;
/** Containers are left on it: it stays what it was. */
export type CancelOffline = Command<
  'CancelOffline',
  { readonly uid: string; readonly requestId: string; readonly containers: number }
>;

/** Refuses: machine-unknown, machine-state-forbids. */
export const migrateUnit = (
  state: MachineContextState,
  { data }: MigrateUnit,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const machine = state.machines.get(data.uid);
  if (machine === undefined) return refuse(machineUnknown(data.uid));
  if (transitionOf(machine.state, 'migrate_unit') === null) return refuse(stateForbids(machine, 'migrate_unit'));
  const { uid, name, faults } = machine;
  const ticket = ctx.uuid();
  return accept(
    [
      { stream: `machine/${uid}`, type: 'MachineMigrated', version: 1, data: { uid, name } },
      {
        stream: `ticket/${ticket}`,
        type: 'TicketOpened',
        version: 1,
        data: { uid: ticket, machineUid: uid, machine: name, reasons: [...faults], class: 'manual' },
      },
    ],
    changed(uid),
  );
};

/** Refuses: machine-offline-unknown. */
export const completeOffline = (
  state: MachineContextState,
  { data }: CompleteOffline,
): Decision<MachineContextEvent> => {
  const machine = state.machines.get(data.uid);
  if (machine?.offlineRequest !== data.requestId) return refuse(offlineUnknown(data.uid, data.requestId));
  const { uid, name } = machine;
  return accept(
    [{ stream: `machine/${uid}`, type: 'MachineOfflined', version: 1, data: { uid, name, requestId: data.requestId } }],
    changed(uid),
  );
};

/** Refuses: machine-offline-unknown. */
export const cancelOffline = (state: MachineContextState, { data }: CancelOffline): Decision<MachineContextEvent> => {
  const machine = state.machines.get(data.uid);
  if (machine?.offlineRequest !== data.requestId) return refuse(offlineUnknown(data.uid, data.requestId));
  const { uid, name } = machine;
  const message = `${data.containers} container(s) are on it: move or remove them first`;
  const cancelled = { uid, name, requestId: data.requestId, message };
  return accept([{ stream: `machine/${uid}`, type: 'OfflineCancelled', version: 1, data: cancelled }], changed(uid));
};
