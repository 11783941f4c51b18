export { waitFor, withDeadline, delay, freePort, type WaitOptions, type NatsPlace } from '@yiqiu/processes';
export { tempDir, type TempDir } from './temp-dir.ts';
export * from './postgres.ts';
export * from './nats.ts';
export * from './tcp-proxy.ts';
export * from './envelopes.ts';
export * from './given.ts';
