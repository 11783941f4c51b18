export interface Stamp {
  /** Of the configuration that the process has. */
  readonly value: string;
  /** When it took it, ms since the epoch. */
  readonly at: number;
}

/** What the bench's process writes: `VALUE MS`. Throws on anything else. */
export const stampOf = (text: string): Stamp => {
  const [, value, at] = /^(\S+) (\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  if (value === undefined || at === undefined) throw new Error(`no stamp: ${JSON.stringify(text)}`);
  return { value, at: Number(at) };
};
