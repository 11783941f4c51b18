import type { DomainError } from '@yiqiu/kernel';
import { z } from 'zod';
import { errorKindNames } from './kinds.ts';

const fieldProblem = z.object({
  field: z.string(),
  value: z.json(),
  allowed: z.json(),
  message: z.string().exactOptional(),
});

/** What stands in {@link errorKey}. */
export const domainErrorSchema: z.ZodType<DomainError> = z.object({
  kind: z.enum(errorKindNames),
  code: z.string(),
  message: z.string(),
  errors: z.array(fieldProblem).exactOptional(),
  state: z.string().exactOptional(),
  possible: z.array(z.string()).exactOptional(),
  next: z.string().exactOptional(),
});
