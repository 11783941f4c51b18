import { durationMs, parseProgramRef, parseServiceName, parseUnitName } from '@yiqiu/contracts';
import { CliError, exitCodes } from '../exit.ts';

const wrong = (what: string, value: string, allowed: string): CliError =>
  new CliError(exitCodes.usage, `${what} ${JSON.stringify(value)}: ${allowed}`);

const path = (parts: readonly string[]): string => parts.map(encodeURIComponent).join('/');

/** REST path of `cache/redis`. */
export const servicePath = (name: string): string => {
  const found = parseServiceName(name);
  if (found === null) throw wrong('SERVICE', name, 'a group and its service are wanted, as cache/redis');
  return `/groups/${path([found.group])}/services/${path([found.service])}`;
};

/** REST path of `cache/redis/0`. */
export const unitPath = (name: string): string => {
  const found = parseUnitName(name);
  if (found === null) throw wrong('UNIT', name, 'a group, its service and an ordinal are wanted, as cache/redis/0');
  return `${servicePath(`${found.group}/${found.service}`)}/units/${found.ordinal}`;
};

export const programRef = (text: string): { readonly name: string; readonly version: string } => {
  const found = parseProgramRef(text);
  if (found === null) throw wrong('PROGRAM@VERSION', text, 'a program and its version are wanted, as redis@7.0.15');
  return found;
};

/** A number of units, a position, …: an integer of 0 or more. */
export const count = (what: string, text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw wrong(what, text, 'an integer of 0 or more is wanted');
  return Number(text);
};

export const timeoutMs = (text: string): number => {
  const found = durationMs(text);
  if (Number.isNaN(found)) throw wrong('--timeout', text, 'a duration is wanted, as 90s, 10m, 1h');
  return found;
};

/** `key=value` words; the value may hold further `=`. */
export const assignments = (words: readonly string[]): { [key: string]: string } => {
  const found: { [key: string]: string } = {};
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1)
      throw wrong('key=value', word, 'a key, =, and a value are wanted; key= puts the key back to its default');
    const key = word.slice(0, at);
    if (key in found) throw wrong('key=value', word, `${key} is given twice`);
    found[key] = word.slice(at + 1);
  }
  return found;
};
