export * from './port.ts';
export * from './limits.ts';
export { encodeForLog, leafOf } from './encode.ts';
export { checkEncoded, isStorable } from './check.ts';
export * from './memory/index.ts';
export * from './postgres/index.ts';
