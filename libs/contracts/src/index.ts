export * from './events/index.ts';
export * from './agent/index.ts';
export * from './subjects.ts';
export * from './names.ts';
export * from './unit-context.ts';
export * from './views/index.ts';
export * from './requests/index.ts';
