export { errorKindNames, errorKinds, kindOfHttpStatus } from './kinds.ts';
export { errorBytesMax, errorKey, errorOfStatus, statusOf } from './grpc.ts';
export type { GrpcStatus } from './grpc.ts';
export { defectProblem, errorOfProblem, problemContentType, problemOf } from './http.ts';
export { domainErrorSchema } from './schema.ts';
export { invalidOf } from './schema-issues.ts';
