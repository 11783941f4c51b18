import { refusal } from '@yiqiu/kernel';
import type { DomainError, FieldProblem, Json } from '@yiqiu/kernel';
import { z } from 'zod';

const problemsMax = 100;
const valueLengthMax = 200;

/** Where an issue is: `steps[0].run`. */
const fieldOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );

const valueAt = (value: unknown, path: readonly PropertyKey[]): Json => {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return null;
    at = (at as { readonly [key: PropertyKey]: unknown })[key];
  }
  if (at === undefined || at === null) return null;
  if (typeof at === 'number' || typeof at === 'boolean') return Number.isNaN(at) ? 'NaN' : at;
  if (typeof at === 'string') return at.length <= valueLengthMax ? at : `${at.slice(0, valueLengthMax)}…`;
  return Array.isArray(at) ? `a list of ${at.length}` : 'an object';
};

const allowedBy = (issue: z.core.$ZodIssue): Json => {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map((value) =>
        typeof value === 'symbol' || typeof value === 'bigint' || value === undefined ? String(value) : value,
      );
    case 'invalid_type':
      return issue.expected;
    case 'too_small':
      return `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_format':
      return issue.pattern ?? issue.format;
    default:
      return issue.message;
  }
};

/** An unknown key is a problem of its own, at its own place. */
const problemsOf = (issue: z.core.$ZodIssue, input: unknown): FieldProblem[] => {
  const at = (path: readonly PropertyKey[], allowed: Json, message: string): FieldProblem => ({
    field: fieldOf(path),
    value: valueAt(input, path),
    allowed,
    message,
  });
  if (issue.code !== 'unrecognized_keys') return [at(issue.path, allowedBy(issue), issue.message)];
  return issue.keys.map((key) => at([...issue.path, key], 'nothing: leave it out', 'unknown key'));
};

/** A failed schema check as a refusal (422), with each field, what it was and what is allowed. At most 100 problems. */
export const invalidOf = (error: z.ZodError, input: unknown, code = 'request-invalid'): DomainError => {
  const errors = error.issues.flatMap((issue) => problemsOf(issue, input)).slice(0, problemsMax);
  const [first] = errors;
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : '';
  const message =
    first === undefined
      ? 'invalid'
      : `${first.field === '' ? 'it' : first.field}: ${first.message ?? 'invalid'}${more}`;
  return refusal('invalid', code, message, { errors });
};
