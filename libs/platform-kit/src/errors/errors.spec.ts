import { describe, expect, test } from '@jest/globals';
import { Metadata, status } from '@grpc/grpc-js';
import type { DomainError, FieldProblem, Json } from '@yiqiu/kernel';
import fc from 'fast-check';
import { z } from 'zod';
import {
  errorBytesMax,
  errorKindNames,
  errorKinds,
  errorOfProblem,
  errorOfStatus,
  invalidOf,
  kindOfHttpStatus,
  problemOf,
  statusOf,
} from './index.ts';

const json: fc.Arbitrary<Json> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string(), { maxLength: 3 }),
);
const fieldProblem: fc.Arbitrary<FieldProblem> = fc.record(
  { field: fc.string(), value: json, allowed: json, message: fc.string() },
  { requiredKeys: ['field', 'value', 'allowed'] },
);
const domainError: fc.Arbitrary<DomainError> = fc.record(
  {
    kind: fc.constantFrom(...errorKindNames),
    code: fc.string(),
    message: fc.string(),
    errors: fc.array(fieldProblem, { maxLength: 5 }),
    state: fc.string(),
    possible: fc.array(fc.string(), { maxLength: 4 }),
    next: fc.string(),
  },
  { requiredKeys: ['kind', 'code', 'message'], noNullPrototype: true },
);

describe('errors', () => {
  test('a refusal comes out of gRPC exactly as it went in', () => {
    fc.assert(
      fc.property(domainError, (error) => {
        const sent = statusOf(error);
        expect(sent.code).toBe(errorKinds[error.kind].grpc);
        expect(errorOfStatus(sent)).toEqual(error);
      }),
    );
  });

  test('a refusal comes out of HTTP exactly as it went in', () => {
    fc.assert(
      fc.property(domainError, (error) => {
        const problem: unknown = JSON.parse(JSON.stringify(problemOf(error)));
        expect(errorOfProblem(problem)).toEqual(error);
      }),
    );
  });

  test('HTTP statuses are those of page Interface, one to one', () => {
    const statuses = errorKindNames.map((kind) => errorKinds[kind].http);
    expect(statuses).toEqual([400, 403, 404, 409, 412, 413, 422, 429, 503]);
    expect(statuses.map(kindOfHttpStatus)).toEqual(errorKindNames);
  });

  test('an error beyond the bound keeps its first field problems and says how many are left out', () => {
    const errors = Array.from({ length: 2_000 }, (_, i): FieldProblem => ({
      field: `f${i}`,
      value: '值'.repeat(20),
      allowed: 'x',
    }));
    const got = errorOfStatus(statusOf({ kind: 'invalid', code: 'many', message: 'too many', errors }));
    const kept = got?.errors?.length ?? 0;
    expect(Buffer.byteLength(JSON.stringify(got))).toBeLessThanOrEqual(errorBytesMax);
    expect(kept).toBeGreaterThan(100);
    expect(got?.errors).toEqual(errors.slice(0, kept));
    expect(got?.message).toBe(`too many (${2_000 - kept} field problems left out)`);
  });

  test('a status without payload is judged by its code; a defect is no refusal', () => {
    const of = (code: status) => errorOfStatus({ code, details: 'd', metadata: new Metadata() });
    expect(of(status.UNAVAILABLE)?.kind).toBe('unavailable');
    expect(of(status.DEADLINE_EXCEEDED)).toMatchObject({ kind: 'unavailable', code: 'deadline-exceeded' });
    expect(of(status.INTERNAL)).toBeNull();
    expect(of(status.UNIMPLEMENTED)).toBeNull();
  });

  test('a payload that is not ours is not believed', () => {
    const metadata = new Metadata();
    metadata.set('yiqiu-error-bin', Buffer.from('{"kind":"nonsense"}'));
    expect(errorOfStatus({ code: status.INTERNAL, details: '', metadata })).toBeNull();
  });

  test('a failed schema check names the field, what it was and what is allowed', () => {
    const schema = z.strictObject({ steps: z.array(z.strictObject({ retries: z.int().max(20) })) });
    const input = { steps: [{ retries: 21 }], extra: 1 };
    const result = schema.safeParse(input);
    expect(result.error === undefined ? null : invalidOf(result.error, input)).toMatchObject({
      kind: 'invalid',
      errors: [
        { field: 'steps[0].retries', value: 21, allowed: 'at most 20' },
        { field: 'extra', allowed: 'nothing: leave it out', message: 'unknown key' },
      ],
    });
  });
});
