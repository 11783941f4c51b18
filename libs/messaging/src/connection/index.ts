export * from './backoff.ts';
export * from './dial.ts';
export * from './close.ts';
export * from './request.ts';
export * from './inbox.ts';
export * from './connect.ts';
