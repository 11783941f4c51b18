export * from './stat.ts';
export * from './identity.ts';
export * from './group.ts';
export * from './wait.ts';
export * from './stop-group.ts';
export * from './gated.ts';
export * from './user.ts';
export { findUnitProcess } from './find.ts';
export { above, passageTo, type Passage } from './passage.ts';
