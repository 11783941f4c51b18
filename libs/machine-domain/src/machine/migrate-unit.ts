import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import type { MachineContextState } from '../state.ts';
import { repairClassOf } from '../ticket/repair-class.ts';
import { machineUnknown, stateForbids } from './errors.ts';
import { transitionOf } from './lifecycle.ts';

/** The resource layer's confirmation that no live container is left: ERROR_DETECTED → ERROR, and a ticket. */
export type MigrateUnit = Command<'MigrateUnit', { readonly uid: string }>;

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
        data: {
          uid: ticket,
          machineUid: uid,
          machine: name,
          reasons: [...faults],
          class: repairClassOf(machine, ctx.now),
        },
      },
    ],
    changed(uid),
  );
};
