export { ConfigError } from './settings.ts';
export type { ConfigOf, ConfigProblem, Setting, Settings } from './settings.ts';
export { readConfig } from './read.ts';
export type { ConfigSource } from './read.ts';
export { timingNames, timingProfiles } from './timing.ts';
export type { TimingName, TimingProfile } from './timing.ts';
export * from './common.ts';
export { readSecret, secretLength } from './secret.ts';
