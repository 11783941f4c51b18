import { isObject } from '../json.ts';
import { stepInto } from './names.ts';

/** Raised by a helper; whoever called it knows the place in the template. */
export class HelperFault extends Error {
  override readonly name = 'HelperFault';
}

export interface Helper {
  /** How many arguments it takes. */
  min: number;
  max: number;
  /** It only asks: a missing key of an open bag (a relation's data, labels), or one of null, is null and no error. */
  asks: boolean;
  run(args: readonly unknown[]): unknown;
}

/** Handlebars' truth: 0, empty text and empty lists are false, objects are true. */
export function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** A value as it stands in the output: null is empty, a list of plain values has commas, an object is an error. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(textOf).join(',');
  throw new HelperFault('is an object: name one of its fields, or write {{json …}}');
}

function numberOf(value: unknown, helper: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  throw new HelperFault(`${helper} takes numbers, not ${JSON.stringify(value ?? null)}`);
}

/** `{ip}`, `{ports.client}`, `{this}`; other braces are text. */
export const patternFields = /\{([A-Za-z_][\w-]*(?:\.[\w-]+)*)\}/g;

function fillPattern(pattern: string, item: unknown): string {
  return pattern.replaceAll(patternFields, (_, path: string) => {
    if (path === 'this') return textOf(item);
    let value = item;
    for (const part of path.split('.')) {
      const step = stepInto(value, part);
      if (!step.found) throw new HelperFault(`the pattern's {${path}} names what an element does not have`);
      value = step.value;
    }
    return textOf(value);
  });
}

/** `join LIST SEPARATOR` for plain values, `join LIST PATTERN [SEPARATOR]` for objects; the separator is "," by default. */
function join([list, second, third]: readonly unknown[]): string {
  if (list === null || list === undefined) return '';
  if (!Array.isArray(list)) throw new HelperFault('join takes a list');
  const ofObjects = list.some((item) => isObject(item));
  const withPattern = third !== undefined || ofObjects;
  if (ofObjects && second === undefined) {
    throw new HelperFault('join of objects takes a pattern, e.g. {{join members "{ip}:{port}" ","}}');
  }
  const separator = textOf((withPattern ? third : second) ?? ',');
  return list.map((item) => (withPattern ? fillPattern(textOf(second), item) : textOf(item))).join(separator);
}

/** Whole percents of a number, rounded down: `percent resources.memoryMiB 75`. */
function percent([value, share]: readonly unknown[]): number {
  return Math.floor((numberOf(value, 'percent') * numberOf(share, 'percent')) / 100);
}

function add(args: readonly unknown[]): number {
  return args.reduce<number>((sum, value) => sum + numberOf(value, 'add'), 0);
}

/** Compact, or indented by so many spaces. */
function json([value, indent]: readonly unknown[]): string {
  const spaces = indent === undefined ? 0 : Math.min(8, Math.max(0, numberOf(indent, 'json')));
  return JSON.stringify(value ?? null, null, spaces);
}

const argumentsMax = 32;

/** What stands beside Handlebars' own `if`, `unless`, `each`, `with` and `lookup`. */
const inlineHelpers: Readonly<Record<string, Helper>> = {
  eq: { min: 2, max: 2, asks: true, run: ([left, right]) => (left ?? null) === (right ?? null) },
  ne: { min: 2, max: 2, asks: true, run: ([left, right]) => (left ?? null) !== (right ?? null) },
  gt: { min: 2, max: 2, asks: false, run: ([left, right]) => numberOf(left, 'gt') > numberOf(right, 'gt') },
  and: { min: 1, max: argumentsMax, asks: true, run: (args) => args.find((value) => !isTrue(value)) ?? args.at(-1) },
  or: { min: 1, max: argumentsMax, asks: true, run: (args) => args.find(isTrue) ?? args.at(-1) },
  not: { min: 1, max: 1, asks: true, run: ([value]) => !isTrue(value) },
  add: { min: 2, max: argumentsMax, asks: false, run: add },
  percent: { min: 2, max: 2, asks: false, run: percent },
  default: { min: 2, max: 2, asks: true, run: ([value, otherwise]) => value ?? otherwise },
  json: { min: 1, max: 2, asks: false, run: json },
  join: { min: 1, max: 3, asks: false, run: join },
};

export const blockNames: readonly string[] = ['if', 'unless', 'each', 'with'];
export const callableNames: readonly string[] = [...Object.keys(inlineHelpers), 'lookup'];

export function helperOf(name: string): Helper | undefined {
  return Object.hasOwn(inlineHelpers, name) ? inlineHelpers[name] : undefined;
}

/** Why a helper cannot be called with so many arguments; null: it can. */
export function arityFault(name: string, count: number, min: number, max: number): string | null {
  if (count >= min && count <= max) return null;
  const wanted = min === max ? `${min}` : max === argumentsMax ? `at least ${min}` : `${min} to ${max}`;
  return `${name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${count}`;
}
