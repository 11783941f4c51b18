import type { z } from 'zod';

/** A message that is not what its subject promises. Whoever sent it sends it so again: it is dropped and counted. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';
  constructor(
    readonly subject: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`message on ${subject}: ${problem}`, options);
  }
}

interface Received {
  readonly subject: string;
  readonly data: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export const encodeJson = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** Throws {@link MalformedMessageError} where the body is not UTF-8, not JSON or not of the schema. */
export const decodeJson = <T>(schema: z.ZodType<T>, message: Received): T => {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(message.data));
  } catch (error) {
    throw new MalformedMessageError(message.subject, `is not JSON (${message.data.length} bytes)`, { cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw new MalformedMessageError(message.subject, `${first?.path.join('.') ?? ''}: ${first?.message ?? 'invalid'}`);
};
