export * from './chunks.ts';
export * from './save.ts';
export * from './state-hash.ts';
