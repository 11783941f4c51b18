import { z } from 'zod';

/** One version of a program; it never changes and is never deleted. */
export const programRow = z.object({
  uid: z.string(),
  name: z.string(),
  version: z.string(),
  digest: z.string(),
  sizeBytes: z.int(),
  signature: z.string(),
  pushedAt: z.string(),
  /** JSON text. */
  manifest: z.string(),
});
export type ProgramRow = z.infer<typeof programRow>;

export const programRefOf = (program: Pick<ProgramRow, 'name' | 'version'>): string =>
  `${program.name}@${program.version}`;
