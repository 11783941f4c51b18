import { z } from 'zod';

const side = z.object({ serviceUid: z.string(), service: z.string(), endpoint: z.string() });

/** A `requires` endpoint joined to a `provides` endpoint. */
export const relationRow = z.object({
  uid: z.string(),
  groupUid: z.string(),
  requirer: side,
  provider: side.extend({ virtual: z.boolean() }),
  interface: z.string(),
});
export type RelationRow = z.infer<typeof relationRow>;

/** Something outside, with the data that its group document gives it. */
export const virtualRow = z.object({
  uid: z.string(),
  groupUid: z.string(),
  /** `cache/db` */
  name: z.string(),
  provides: z.array(z.object({ name: z.string(), interface: z.string() })),
  /** JSON text. */
  service: z.string(),
  /** JSON text each. */
  units: z.array(z.string()),
});
export type VirtualRow = z.infer<typeof virtualRow>;
