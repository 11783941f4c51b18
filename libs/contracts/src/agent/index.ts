export * from './subjects.ts';
export * from './protocol.ts';
