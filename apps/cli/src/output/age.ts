/** `4 s`, `6 m`, `3 h`, `12 d`. */
export const span = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
};

/** How long ago a time was; `-` for none. */
export const ago = (time: string | null, now: number): string =>
  time === null ? '-' : `${span(now - Date.parse(time))} ago`;
