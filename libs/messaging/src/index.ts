export * from './port.ts';
export * from './connection/index.ts';
export * from './wire/index.ts';
export * from './identity/index.ts';
export * from './streams.ts';
export * from './bus/index.ts';
export * from './reports/index.ts';
export * from './agent-channel/index.ts';
