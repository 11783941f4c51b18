export * from './transport.ts';
export { connectAgent } from './connect.ts';
export { ReportNotStoredError } from './report.ts';
export { NoAnswerError } from '../connection/request.ts';
export { MalformedMessageError } from '../wire/codec.ts';
