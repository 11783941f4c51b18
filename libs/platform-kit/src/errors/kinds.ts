import { status } from '@grpc/grpc-js';
import type { ErrorKind } from '@yiqiu/kernel';

/** The one mapping of a refusal to gRPC and HTTP. HTTP statuses are one to one; gRPC has fewer codes than we have kinds. */
export const errorKinds: {
  readonly [kind in ErrorKind]: { readonly grpc: status; readonly http: number; readonly title: string };
} = {
  malformed: { grpc: status.INVALID_ARGUMENT, http: 400, title: 'Malformed request' },
  forbidden: { grpc: status.PERMISSION_DENIED, http: 403, title: 'Forbidden' },
  'not-found': { grpc: status.NOT_FOUND, http: 404, title: 'Not found' },
  conflict: { grpc: status.FAILED_PRECONDITION, http: 409, title: 'The state does not allow it' },
  precondition: { grpc: status.ABORTED, http: 412, title: 'It has changed meanwhile' },
  'too-large': { grpc: status.OUT_OF_RANGE, http: 413, title: 'Too large' },
  invalid: { grpc: status.INVALID_ARGUMENT, http: 422, title: 'Invalid' },
  exhausted: { grpc: status.RESOURCE_EXHAUSTED, http: 429, title: 'Too much at once' },
  unavailable: { grpc: status.UNAVAILABLE, http: 503, title: 'Not ready' },
};

export const errorKindNames = [
  'malformed',
  'forbidden',
  'not-found',
  'conflict',
  'precondition',
  'too-large',
  'invalid',
  'exhausted',
  'unavailable',
] as const satisfies readonly ErrorKind[];

export const kindOfHttpStatus = (http: number): ErrorKind | null =>
  errorKindNames.find((kind) => errorKinds[kind].http === http) ?? null;
