import { z } from 'zod';
import { count, digest, name, uid } from '../define.ts';

export const programEvents = {
  /** Stream `program/<uid>`; one uid per version. The archive is a blob, named by its digest. */
  ProgramPushed: {
    1: z.strictObject({
      uid,
      name,
      version: z.string().max(64),
      digest,
      sizeBytes: count,
      /** Ed25519 over the digest by the platform's key, base64. */
      signature: z.string().max(128),
      /** The checked manifest with its defaults filled in. */
      manifest: z.record(z.string(), z.json()),
    }),
  },
} as const;
