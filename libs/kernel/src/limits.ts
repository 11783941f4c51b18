/** Bounds that every layer shares. */
export const pageLimitDefault = 100;
export const pageLimitMax = 1_000;
export const reasonLengthMax = 500;
export const labelsMax = 32;
export const labelLengthMax = 63;
