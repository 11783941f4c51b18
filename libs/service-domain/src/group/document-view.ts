import { z } from 'zod';
import type { JsonText } from '../json-text.ts';

/** What of an applied document is looked at again, later: read leniently, since old logs hold old documents. */
const documentView = z.object({
  services: z
    .record(
      z.string(),
      z.object({
        program: z.string(),
        units: z.int().optional(),
        config: z.record(z.string(), z.json()).default({}),
      }),
    )
    .default({}),
});
export type DocumentView = z.infer<typeof documentView>;

export const documentOf = (text: JsonText): DocumentView => documentView.parse(JSON.parse(text));
