import { z } from 'zod';

export const groupRow = z.object({
  uid: z.string(),
  name: z.string(),
  /** Counts the applies, for If-Match; 0 until the first. */
  revision: z.int(),
  /** JSON text of what was applied last, as it was given. */
  document: z.string(),
  /** The operation of the destruction, where one was asked for. */
  destroying: z.object({ operation: z.string().nullable() }).nullable(),
});
export type GroupRow = z.infer<typeof groupRow>;
