import { z } from 'zod';

/** What an accepted change of a person answers. `changed` is false where nothing had to change. */
export const changeAnswer = z.object({ uid: z.string(), changed: z.boolean() });
export type ChangeAnswer = z.infer<typeof changeAnswer>;

export const changed = (uid: string): ChangeAnswer => ({ uid, changed: true });
export const unchanged = (uid: string): ChangeAnswer => ({ uid, changed: false });
