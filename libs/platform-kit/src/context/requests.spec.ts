import { describe, expect, test } from '@jest/globals';
import { RefusedError } from '@yiqiu/kernel';
import { z } from 'zod';
import { parseRequest, readOptionsOf, submitMetaOf } from './index.ts';

const refusalOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    if (error instanceof RefusedError) return error.error;
    throw error;
  }
  return null;
};

describe('requests', () => {
  test('meta as the runtime takes it', () => {
    expect(submitMetaOf({ commandId: 'c', actor: 'user:admin' })).toEqual({
      commandId: 'c',
      actor: 'user:admin',
      reason: null,
    });
    expect(submitMetaOf({ commandId: 'c', actor: 'a', reason: 'why', correlationId: 'x' })).toEqual({
      commandId: 'c',
      actor: 'a',
      reason: 'why',
      correlationId: 'x',
    });
  });

  test('what is missing or too long is refused by its field', () => {
    const fieldOf = (meta: Parameters<typeof submitMetaOf>[0]) => refusalOf(() => submitMetaOf(meta));
    const ok = { commandId: 'c', actor: 'a' };
    const malformed = (field: string) =>
      expect.objectContaining({ kind: 'malformed', errors: [expect.objectContaining({ field })] });
    expect(fieldOf(undefined)).toEqual(malformed('meta.command_id'));
    expect(fieldOf({ ...ok, commandId: 'c'.repeat(201) })).toEqual(malformed('meta.command_id'));
    expect(fieldOf({ ...ok, actor: '' })).toEqual(malformed('meta.actor'));
    expect(fieldOf({ ...ok, reason: 'r'.repeat(501) })).toEqual(malformed('meta.reason'));
    expect(fieldOf({ ...ok, correlationId: 'c'.repeat(201) })).toEqual(malformed('meta.correlation_id'));
    expect(fieldOf({ ...ok, commandId: 'c'.repeat(200), reason: 'r'.repeat(500) })).toBeNull();
  });

  test('a request is what its schema says', () => {
    const schema = z.strictObject({ name: z.string().max(3) });
    expect(parseRequest(schema, { name: 'abc' })).toEqual({ name: 'abc' });
    expect(refusalOf(() => parseRequest(schema, { name: 'abcd' }))).toMatchObject({
      kind: 'invalid',
      errors: [{ field: 'name', value: 'abcd', allowed: 'at most 3' }],
    });
  });

  test('a query waits for a position only where it names one', () => {
    expect(readOptionsOf({})).toEqual({});
    expect(readOptionsOf({ minPosition: undefined })).toEqual({});
    expect(readOptionsOf({ minPosition: 0 })).toEqual({ minPosition: 0 });
  });
});
