import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import { ticketOfMachineClosed } from '../ticket/ticket.ts';
import type { Verb } from './change.ts';

/** ERROR → NEW: repair is finished, its ticket is closed, initialisation begins anew. */
export const repair: Verb = (state, machine, { reason }) => {
  const { uid, name } = machine;
  const repaired: MachineContextEvent = {
    stream: `machine/${uid}`,
    type: 'MachineRepaired',
    version: 1,
    data: { uid, name, reason },
  };
  return accept([repaired, ...ticketOfMachineClosed(state, machine.ticket, reason)], changed(uid));
};
