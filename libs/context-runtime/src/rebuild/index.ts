export * from './rebuild.ts';
export * from './rebuild-hash.ts';
