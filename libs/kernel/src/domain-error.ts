import type { Json } from './json.ts';

/**
 * What kind of refusal it is; the edge maps it to gRPC and HTTP (docs/architecture.md, "Errors").
 * `halted` and `unavailable` may pass by waiting, every other one only by another request.
 */
export type ErrorKind =
  | 'malformed'
  | 'invalid'
  | 'not-found'
  | 'conflict'
  | 'precondition'
  | 'too-large'
  | 'exhausted'
  | 'unavailable'
  | 'forbidden';

/** One thing that is wrong with a request: where, what it was, what is allowed there. */
export interface FieldProblem {
  readonly field: string;
  readonly value: Json;
  readonly allowed: Json;
  readonly message?: string;
}

/**
 * A refusal, as a value. `code` is stable and listed per aggregate (`errors.ts`); `message` says what was wrong, what it
 * was and what is allowed. `state` and `possible` answer a verb that the state does not allow. `next` is a command line
 * for a person.
 */
export interface DomainError {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly errors?: readonly FieldProblem[];
  readonly state?: string;
  readonly possible?: readonly string[];
  readonly next?: string;
}

export const refusal = (
  kind: ErrorKind,
  code: string,
  message: string,
  more: Omit<DomainError, 'kind' | 'code' | 'message'> = {},
): DomainError => ({ kind, code, message, ...more });

/** Carries a DomainError through code that throws (shells only; domains return it). */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(readonly error: DomainError) {
    super(`${error.code}: ${error.message}`);
  }
}
