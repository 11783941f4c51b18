import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { refusal } from '@yiqiu/kernel';
import type { DomainError, FieldProblem } from '@yiqiu/kernel';
import { errorKinds } from './kinds.ts';
import { domainErrorSchema } from './schema.ts';

/** Trailing metadata key with the DomainError as JSON. */
export const errorKey = 'yiqiu-error-bin';

/** Bytes of JSON in {@link errorKey}: HTTP/2 headers are bounded, and it goes as base64. */
export const errorBytesMax = 24 * 1024;

const messageLengthMax = 4_096;

/** A status as grpc-js sends it. */
export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** A refusal as a gRPC status. Of an error beyond {@link errorBytesMax} the last field problems are left out, and it says how many. */
export const statusOf = (error: DomainError): GrpcStatus => {
  const bounded = bound(error);
  const metadata = new Metadata();
  metadata.set(errorKey, Buffer.from(JSON.stringify(bounded), 'utf8'));
  return { code: errorKinds[error.kind].grpc, details: `${bounded.code}: ${bounded.message}`, metadata };
};

const sizeOf = (error: DomainError): number => Buffer.byteLength(JSON.stringify(error), 'utf8');

const bound = (error: DomainError): DomainError => {
  if (sizeOf(error) <= errorBytesMax) return error;
  const { errors = [], ...rest } = error;
  const short = { ...rest, message: rest.message.slice(0, messageLengthMax) };
  const kept: FieldProblem[] = [];
  let size = sizeOf({ ...short, message: `${short.message} (${errors.length} field problems left out)`, errors: [] });
  for (const problem of errors) {
    size += Buffer.byteLength(JSON.stringify(problem), 'utf8') + 1;
    if (size > errorBytesMax) break;
    kept.push(problem);
  }
  const left = errors.length - kept.length;
  return {
    ...short,
    message: left === 0 ? short.message : `${short.message} (${left} field problems left out)`,
    errors: kept,
  };
};

/**
 * The refusal that a gRPC call ended with; exactly the one given to {@link statusOf} where the peer is ours, else made of
 * the code. Null where it is no refusal but a defect (INTERNAL, UNKNOWN, UNIMPLEMENTED, …).
 */
export const errorOfStatus = (
  failure: Pick<ServiceError, 'code' | 'details'> & { readonly metadata?: Metadata },
): DomainError | null => {
  const [payload] = failure.metadata?.get(errorKey) ?? [];
  const sent = payload === undefined ? null : parse(payload);
  if (sent !== null) return sent;
  switch (failure.code) {
    case status.UNAVAILABLE:
      return refusal('unavailable', 'peer-unavailable', `the service cannot be reached: ${failure.details}`);
    case status.DEADLINE_EXCEEDED:
      return refusal('unavailable', 'deadline-exceeded', `the service did not answer in time: ${failure.details}`);
    case status.CANCELLED:
      return refusal('unavailable', 'cancelled', `the call was cancelled: ${failure.details}`);
    case status.UNAUTHENTICATED:
      return refusal(
        'unavailable',
        'peer-secret-refused',
        'the service does not know our secret: the processes are configured with different ones',
      );
    case status.RESOURCE_EXHAUSTED:
      return refusal('exhausted', 'peer-exhausted', failure.details);
    case status.INVALID_ARGUMENT:
      return refusal('malformed', 'invalid-argument', failure.details);
    case status.NOT_FOUND:
      return refusal('not-found', 'not-found', failure.details);
    case status.PERMISSION_DENIED:
      return refusal('forbidden', 'permission-denied', failure.details);
    case status.OK:
    case status.UNKNOWN:
    case status.ALREADY_EXISTS:
    case status.FAILED_PRECONDITION:
    case status.ABORTED:
    case status.OUT_OF_RANGE:
    case status.UNIMPLEMENTED:
    case status.INTERNAL:
    case status.DATA_LOSS:
      return null;
  }
};

const parse = (payload: Buffer | string): DomainError | null => {
  const text = typeof payload === 'string' ? payload : payload.toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const result = domainErrorSchema.safeParse(json);
  return result.success ? result.data : null;
};
