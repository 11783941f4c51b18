import { z } from 'zod';
import { name, text, uid } from '../define.ts';

export const ticketEvents = {
  /** Stream `ticket/<uid>`. */
  TicketOpened: {
    1: z.strictObject({
      uid,
      machineUid: uid,
      machine: name,
      reasons: z.array(text).max(20),
      class: z.string().max(63),
    }),
  },
  TicketClosed: { 1: z.strictObject({ uid, machineUid: uid, machine: name, message: text.nullable() }) },
} as const;
