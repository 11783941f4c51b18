export type { CatchUp, CaughtUpEvent } from './port.ts';
export { logCatchUp } from './log-catch-up.ts';
export { grpcCatchUp, type LogPeer } from './grpc-catch-up.ts';
export { readBlob, readEvents, readHead, type ServedLog } from './serve.ts';
export { eventLogHandlers } from './grpc-server.ts';
