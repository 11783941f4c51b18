import type { SubmitMeta } from '@yiqiu/context-runtime';
import type { common } from '@yiqiu/contracts/grpc';
import { reasonLengthMax, refusal, RefusedError } from '@yiqiu/kernel';
import type { DomainError } from '@yiqiu/kernel';
import type { z } from 'zod';
import { invalidOf } from '../errors/index.ts';

const idLengthMax = 200;
const actorLengthMax = 200;

/** Who asks, as the runtime takes it. Throws RefusedError (malformed) where id or actor is missing or anything is too long. */
export const submitMetaOf = (meta: common.CommandMeta | undefined): SubmitMeta => {
  const { commandId = '', actor = '', reason, correlationId } = meta ?? {};
  if (commandId === '' || commandId.length > idLengthMax)
    throw malformed('meta.command_id', commandId, `1 to ${idLengthMax} characters`);
  if (actor === '' || actor.length > actorLengthMax)
    throw malformed('meta.actor', actor, `1 to ${actorLengthMax} characters`);
  if (reason !== undefined && reason.length > reasonLengthMax)
    throw malformed('meta.reason', reason, `at most ${reasonLengthMax} characters`);
  if (correlationId !== undefined && correlationId.length > idLengthMax) {
    throw malformed('meta.correlation_id', correlationId, `at most ${idLengthMax} characters`);
  }
  return { commandId, actor, reason: reason ?? null, ...(correlationId === undefined ? {} : { correlationId }) };
};

const malformed = (field: string, value: string, allowed: string): RefusedError => {
  const error: DomainError = refusal(
    'malformed',
    'meta-malformed',
    `${field} has ${value.length} characters, allowed: ${allowed}`,
    {
      errors: [{ field, value: value.slice(0, 100), allowed }],
    },
  );
  return new RefusedError(error);
};

/** A request by its schema. Throws RefusedError (invalid) with each field that is wrong. */
export const parseRequest = <T>(schema: z.ZodType<T>, request: unknown): T => {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  throw new RefusedError(invalidOf(result.error, request));
};

/** `minPosition` of a query as the runtime's read takes it. */
export const readOptionsOf = ({
  minPosition,
}: {
  readonly minPosition?: number | undefined;
}): { readonly minPosition?: number } => (minPosition === undefined ? {} : { minPosition });
