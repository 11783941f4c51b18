export * from './lease.ts';
export * from './follower.ts';
export * from './settle.ts';
