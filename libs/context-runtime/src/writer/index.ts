export { Writer, type WriterLimits, type WriterOptions } from './writer.ts';
export type { WriterEnd } from './end.ts';
export { whyEnded } from './end.ts';
export { fingerprint } from './fingerprint.ts';
export { reject, type InFlight } from './appender.ts';
export { unavailable, exhausted } from './errors.ts';
export { laneMax } from './foreign-lanes.ts';
export type { AdoptItem, CommandItem, ForeignItem } from './item.ts';
