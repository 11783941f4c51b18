/** Signatures over package digests: pulls nothing but node:crypto. */
export * from './signature/index.ts';
