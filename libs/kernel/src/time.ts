/** ISO 8601 UTC with milliseconds, as envelopes and views have it, of ms since the epoch. Reads no clock. */
// eslint-disable-next-line no-restricted-globals -- formats a given instant; nothing is read from the clock
export const isoTime = (ms: number): string => new Date(ms).toISOString();
