export * from './port.ts';
export * from './runner.ts';
export * from './nats-channel.ts';
