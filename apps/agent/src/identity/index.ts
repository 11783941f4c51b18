export * from './identity.ts';
export * from './boot-id.ts';
export * from './lock.ts';
export * from './settings.ts';
