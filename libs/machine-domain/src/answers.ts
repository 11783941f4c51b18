import { z } from 'zod';

/** What every accepted change answers. `changed` is false where nothing had to change. */
export const changeAnswer = z.object({ uid: z.string(), changed: z.boolean() });
export type ChangeAnswer = z.infer<typeof changeAnswer>;

/** What an agent's join answers: where it belongs. */
export const joinAnswer = z.object({ machineUid: z.string(), machine: z.string(), address: z.string() });
export type JoinAnswer = z.infer<typeof joinAnswer>;

export const changed = (uid: string): ChangeAnswer => ({ uid, changed: true });
export const unchanged = (uid: string): ChangeAnswer => ({ uid, changed: false });
