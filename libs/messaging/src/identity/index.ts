export * from './authority.ts';
export * from './credentials-file.ts';
export { platformServices, type PlatformService } from './permissions.ts';
export { payloadBytesMax, type ServerPlace } from './server-config.ts';
export type { JetStreamLimits } from './claims.ts';
