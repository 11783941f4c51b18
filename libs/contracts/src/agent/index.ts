export * from './subjects.ts';
export * from './protocol.ts';
export * from './questions.ts';
