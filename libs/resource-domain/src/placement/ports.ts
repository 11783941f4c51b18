import type { PortRequest } from '@yiqiu/contracts';

/** Ports given out where the program's default is taken. */
export const dynamicPorts = { first: 20_000, last: 29_999 } as const;

/**
 * Gives each wanted port a number that is free on the machine: a pinned one is used or nothing is; else the default, else
 * the lowest free dynamic one. Pins and then defaults are taken first, so that none is lost to a dynamic one. Null where a
 * pin is taken or no dynamic port is left.
 */
export const assignPorts = (
  wanted: readonly PortRequest[],
  isTaken: (port: number) => boolean,
): { readonly [name: string]: number } | null => {
  const given = new Set<number>();
  const numbers = new Map<string, number>();
  const isFree = (port: number): boolean => !given.has(port) && !isTaken(port);
  const give = (name: string, port: number): void => {
    given.add(port);
    numbers.set(name, port);
  };
  for (const { name, pin } of wanted) {
    if (pin === null) continue;
    if (!isFree(pin)) return null;
    give(name, pin);
  }
  for (const { name, pin, default: usual } of wanted) {
    if (pin === null && usual !== null && isFree(usual)) give(name, usual);
  }
  let next: number = dynamicPorts.first;
  for (const { name } of wanted) {
    if (numbers.has(name)) continue;
    while (next <= dynamicPorts.last && !isFree(next)) next += 1;
    if (next > dynamicPorts.last) return null;
    give(name, next);
  }
  return Object.fromEntries(wanted.flatMap(({ name }) => entry(name, numbers.get(name))));
};

const entry = (name: string, port: number | undefined): readonly (readonly [string, number])[] =>
  port === undefined ? [] : [[name, port]];
