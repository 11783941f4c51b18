export * from './nats-event-bus.ts';
export * from './memory-event-bus.ts';
export { PublishGapError } from './missing.ts';
