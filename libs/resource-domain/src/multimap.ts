/** Adds a value to the set of its key. */
export const addTo = (index: Map<string, Set<string>>, key: string, value: string): void => {
  const set = index.get(key);
  if (set === undefined) index.set(key, new Set([value]));
  else set.add(value);
};

/** Takes a value out of the set of its key; an empty set goes. */
export const removeFrom = (index: Map<string, Set<string>>, key: string, value: string): void => {
  const set = index.get(key);
  if (set === undefined) return;
  set.delete(value);
  if (set.size === 0) index.delete(key);
};

/** The set of a key; none has none. */
export const setOf = (index: ReadonlyMap<string, ReadonlySet<string>>, key: string): ReadonlySet<string> =>
  index.get(key) ?? none;
const none: ReadonlySet<string> = new Set();
