/** Where identities come from: handed in by the shell, seeded in a simulation. */
export interface Ids {
  /** A UUIDv7 whose time part is `nowMs`. */
  uuid(nowMs: number): string;
}

/**
 * UUIDv7 (RFC 9562 §5.7) from a time and 10 random bytes. Pure: the bytes come from the caller.
 */
export const uuidV7 = (nowMs: number, random: Uint8Array): string => {
  const time = Math.trunc(nowMs).toString(16).padStart(12, '0');
  let hex = '';
  for (let i = 0; i < 10; i++) hex += (random[i] ?? 0).toString(16).padStart(2, '0');
  const variant = ((Number.parseInt(hex.slice(4, 6), 16) & 0x3f) | 0x80).toString(16).padStart(2, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(1, 4)}-${variant}${hex.slice(6, 8)}-${hex.slice(8, 20)}`;
};
