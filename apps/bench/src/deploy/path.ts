/** Where a unit's time went: parts one after another, from apply to RUNNING. */
export interface Leg {
  readonly name: string;
  readonly ms: number;
}

/** What was reached, and when, ms since the epoch. */
export interface Instant {
  /** Of the leg that ends here. */
  readonly leg: string;
  readonly at: number;
}

/**
 * The legs between a beginning and each instant after it. They add up to the whole: clocks of different grain may put an
 * instant a little before the one that came first, and then its leg is 0.
 */
export const legsOf = (begin: number, instants: readonly Instant[]): Leg[] => {
  let last = begin;
  return instants.map(({ leg, at }) => {
    const ms = Math.max(0, at - last);
    last = Math.max(last, at);
    return { name: leg, ms };
  });
};

export interface Share {
  readonly name: string;
  /** Of one unit, on average. */
  readonly ms: number;
  /** Of the whole way of all units. */
  readonly percent: number;
}

/** Over several units, which have the same legs. Throws RangeError where there is none, or one differs. */
export const sharesOf = (paths: readonly (readonly Leg[])[]): Share[] => {
  const [first] = paths;
  if (first === undefined) throw new RangeError('shares need at least one path');
  const names = first.map(({ name }) => name);
  for (const path of paths) {
    if (path.length !== names.length || path.some(({ name }, at) => name !== names[at]))
      throw new RangeError(`paths differ: ${names.join(', ')} and ${path.map(({ name }) => name).join(', ')}`);
  }
  const totals = names.map((_, at) => paths.reduce((sum, path) => sum + (path[at]?.ms ?? 0), 0));
  const whole = totals.reduce((sum, ms) => sum + ms, 0);
  return names.map((name, at) => {
    const total = totals[at] ?? 0;
    return { name, ms: total / paths.length, percent: whole === 0 ? 0 : (100 * total) / whole };
  });
};

/** Of one unit: the time that all took, less what their hooks alone take, per unit. Never below 0. */
export const beyondHooks = (wallMs: number, hooksAloneMs: number, units: number): number =>
  Math.max(0, wallMs - hooksAloneMs) / units;
