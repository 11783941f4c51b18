const newline = 0x0a;

/**
 * How many bytes of a UTF-8 character stand at the end whose others are not there yet; 0 where it ends with a whole one, or
 * with what will never be one.
 */
export const unfinished = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    // 10xxxxxx continues a character: its first byte stands before it.
    if ((byte & 0xc0) === 0x80) continue;
    return lengthOf(byte) > back ? back : 0;
  }
  return 0;
};

const lengthOf = (first: number): number => {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 1;
};

/** Where the last `lines` lines begin; what follows the last newline is a line. -1 where there are not as many newlines before. */
export const startOfLast = (bytes: Buffer, lines: number): number => {
  let at = bytes.at(-1) === newline ? bytes.length - 1 : bytes.length;
  for (let found = 0; found < lines; found += 1) {
    // lastIndexOf takes -1 for the end.
    at = at === 0 ? -1 : bytes.lastIndexOf(newline, at - 1);
    if (at === -1) return -1;
  }
  return at + 1;
};

/** Where the first whole line begins in bytes that begin somewhere; the first whole character where no newline is but at the end. */
export const startOfFirst = (bytes: Buffer): number => {
  const at = bytes.indexOf(newline);
  if (at !== -1 && at !== bytes.length - 1) return at + 1;
  const whole = bytes.subarray(0, 3).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return whole === -1 ? 0 : whole;
};
