export * from './ports.ts';
export * from './node-host.ts';
export * from './random-ids.ts';
export * from './pause.ts';
export * from './backoff.ts';
export * from './guarded-clock.ts';
export * from './within.ts';
export * from './deadline.ts';
