const firstMs = 50;
const maxMs = 5_000;

/** Waits before the n-th attempt after a failure: doubled from 50 ms up to 5 s, of which a random half, so that many do not come at once. */
export const backoffMs = (failures: number): number => {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 10));
  return full / 2 + Math.random() * (full / 2);
};
