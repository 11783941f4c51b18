import { refusal, RefusedError } from '@yiqiu/kernel';
import { invalidOf } from '@yiqiu/platform-kit';
import type { z } from 'zod';

/** Checks a request's body against its schema; a RefusedError (422) names every field that is wrong. */
export const checked = <S extends z.ZodType>(schema: S, body: unknown): z.infer<S> => {
  if (typeof body === 'string') {
    const allowed = 'an object, as application/json';
    const problem = { field: '', value: body.slice(0, 100), allowed };
    throw new RefusedError(
      refusal('malformed', 'body-malformed', `the body has to be ${allowed}`, { errors: [problem] }),
    );
  }
  const result = schema.safeParse(body ?? {});
  if (!result.success) throw new RefusedError(invalidOf(result.error, body));
  return result.data;
};
