export * from './paths.ts';
export * from './write-file.ts';
export * from './read-file.ts';
export * from './plain-file.ts';
export * from './bounded-log.ts';
