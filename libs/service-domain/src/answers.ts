import { z } from 'zod';

/** What every accepted change answers. `changed` is false where nothing had to change. */
export const changeAnswer = z.object({
  name: z.string(),
  uid: z.string().nullable(),
  changed: z.boolean(),
  /** Where the change goes on: an Operation's id. */
  operation: z.string().nullable(),
});
export type ChangeAnswer = z.infer<typeof changeAnswer>;

export const unchanged = (name: string, uid: string | null): ChangeAnswer => ({
  name,
  uid,
  changed: false,
  operation: null,
});
export const changed = (name: string, uid: string, operation: string | null = null): ChangeAnswer => ({
  name,
  uid,
  changed: true,
  operation,
});
