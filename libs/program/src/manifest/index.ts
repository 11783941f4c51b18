export * from './effect.ts';
export * from './names.ts';
export { type ParsedManifest, parseManifest } from './parse.ts';
export * from './types.ts';
export { parseDuration, parsePercent, showDuration } from './values.ts';
