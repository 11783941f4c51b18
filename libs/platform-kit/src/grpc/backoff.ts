const firstMs = 50;
const longestMs = 2_000;

/** How long to wait before the next try: 50 ms doubled by each attempt up to 2 s, of which half is by chance (`random` in [0, 1)). */
export const backoffMs = (attempt: number, random: number): number => {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 10));
  return full / 2 + (full / 2) * random;
};
