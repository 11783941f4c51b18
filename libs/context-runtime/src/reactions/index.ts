export * from './consumer.ts';
export * from './errors.ts';
