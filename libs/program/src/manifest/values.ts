/** The small notations of a manifest. Each returns null where the text is not one. */

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
export const durationForm = 'a whole number with ms, s, m or h, e.g. 10s';

/** `500ms`, `10s`, `1m`, `2h` in milliseconds. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * (unitsMs[match[2] ?? ''] ?? Number.NaN);
}

/** For messages: `90000` is `90s`. */
export function showDuration(ms: number): string {
  const unit = ['h', 'm', 's'].find((name) => ms !== 0 && ms % (unitsMs[name] ?? 1) === 0) ?? 'ms';
  return `${ms / (unitsMs[unit] ?? 1)}${unit}`;
}

/** `1s..60s`. */
export function parseDurationRange(text: string): { minMs: number; maxMs: number } | null {
  const [min = '', max = '', ...more] = text.split('..');
  const [minMs, maxMs] = [parseDuration(min), parseDuration(max)];
  return minMs === null || maxMs === null || more.length > 0 ? null : { minMs, maxMs };
}

/** `5 in 10m`. */
export function parseCountInWindow(text: string): { count: number; windowMs: number } | null {
  const match = /^(\d{1,6}) in (\S+)$/.exec(text);
  const windowMs = parseDuration(match?.[2] ?? '');
  return match === null || windowMs === null ? null : { count: Number(match[1]), windowMs };
}

/** `50%`. */
export function parsePercent(text: string): number | null {
  const match = /^(\d{1,3})%$/.exec(text);
  const percent = Number(match?.[1] ?? Number.NaN);
  return percent >= 0 && percent <= 100 ? percent : null;
}

/** `0640`, `640`: permissions only, no setuid, setgid or sticky bit. */
export function parseMode(text: string): number | null {
  return /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : null;
}
