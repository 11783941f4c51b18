import { z } from 'zod';

export const ticketRow = z.strictObject({
  uid: z.string(),
  machineUid: z.string(),
  machine: z.string(),
  reasons: z.array(z.string()),
  class: z.string(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  closedBy: z.string().nullable(),
});
export type Ticket = z.infer<typeof ticketRow>;
