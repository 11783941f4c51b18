import type { EncodedEvent, ReadOptions } from './port.ts';

/** True where the options let some events through and others not: then positions need not follow one another. */
export const isFiltered = ({ stream, types, sinceMs, untilMs }: ReadOptions): boolean =>
  stream !== undefined || types !== undefined || sinceMs !== undefined || untilMs !== undefined;

export const passes = (event: EncodedEvent, { stream, types, sinceMs, untilMs }: ReadOptions): boolean =>
  (stream === undefined || event.stream === stream) &&
  (types === undefined || types.includes(event.type)) &&
  (sinceMs === undefined || event.timeMs >= sinceMs) &&
  (untilMs === undefined || event.timeMs < untilMs);
