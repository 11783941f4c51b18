import type { Problem } from '@yiqiu/contracts';
import type { DomainError } from '@yiqiu/kernel';
import { errorKinds, kindOfHttpStatus } from './kinds.ts';
import { domainErrorSchema } from './schema.ts';

export const problemContentType = 'application/problem+json';

const typeOf = (code: string): string => `urn:yiqiu:problem:${code}`;

/** A refusal as an RFC 9457 problem; answer with its `status` and {@link problemContentType}. */
export const problemOf = (error: DomainError): Problem => {
  const { kind, code, message, ...more } = error;
  const { http, title } = errorKinds[kind];
  return { type: typeOf(code), title, status: http, code, detail: message, ...thaw(more) };
};

/** Readonly lists of the domain as the view's own. */
const thaw = ({ errors, possible, ...more }: Omit<DomainError, 'kind' | 'code' | 'message'>): Partial<Problem> => ({
  ...more,
  ...(errors === undefined
    ? {}
    : { errors: errors.map((problem) => structuredClone(problem) as NonNullable<Problem['errors']>[number]) }),
  ...(possible === undefined ? {} : { possible: [...possible] }),
});

/** A defect of ours: nothing of its text is shown; `reference` is in the log. */
export const defectProblem = (reference: string): Problem => ({
  type: typeOf('internal'),
  title: 'Internal error',
  status: 500,
  code: 'internal',
  detail: `a defect of the platform; its log has the cause under ${reference}`,
});

/** The refusal that a problem was made of, or null where it is none of ours (another status, a defect). */
export const errorOfProblem = (problem: unknown): DomainError | null => {
  if (typeof problem !== 'object' || problem === null) return null;
  const { status, code, detail, errors, state, possible, next } = problem as { readonly [field: string]: unknown };
  const kind = typeof status === 'number' ? kindOfHttpStatus(status) : null;
  const fields = { kind, code, message: detail, errors, state, possible, next };
  const result = domainErrorSchema.safeParse(
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  );
  return result.success ? result.data : null;
};
