import { z } from 'zod';
import { text, uid } from '../define.ts';

const firstKinds = ['apply', 'scale', 'destroy', 'config', 'upgrade', 'unit'] as const;
export const operationKinds = [...firstKinds, 'purge', 'adopt'] as const;

export const operationEvents = {
  /** Stream `operation/<uid>`. Something that takes its time; its progress is a view of the state. */
  OperationStarted: {
    1: z.strictObject({ uid, kind: z.enum(firstKinds), target: z.string().max(200), targetUid: uid }),
    2: z.strictObject({ uid, kind: z.enum(operationKinds), target: z.string().max(200), targetUid: uid }),
  },
  OperationFinished: {
    1: z.strictObject({ uid, state: z.enum(['succeeded', 'failed', 'cancelled']), message: text.nullable() }),
  },
} as const;
