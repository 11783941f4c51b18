export * from './wait-for.ts';
export * from './error-code.ts';
export * from './free-port.ts';
export * from './identity.ts';
export * from './signal.ts';
export * from './supervised.ts';
export { NotReadyError } from './ready.ts';
export * from './postgres/index.ts';
export * from './nats/index.ts';
