import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import { manifestPath } from '../files/index.ts';
import { describeValue, didYouMean } from '../problem/index.ts';
import { kindOf, type ManifestSource, type Place, type ProblemDetail } from './source.ts';
import { durationForm, parseDuration, showDuration } from './values.ts';

export const laterReason = 'is not supported yet';

export interface Keys {
  known: readonly string[];
  required?: readonly string[];
  /** Keys of later work: named, and refused. */
  later?: readonly string[];
}

/**
 * A place in the manifest: reads what is there, and reports to the source what is not right, with the line. Every reading
 * function returns undefined after it has reported, so that the rest of the manifest is still read.
 */
export class Cursor {
  readonly source: ManifestSource;
  readonly node: Node | null;
  readonly path: string;
  readonly place: Place;

  constructor(source: ManifestSource, node: Node | null, path: string, fallback: Place) {
    this.source = source;
    this.node = node;
    this.path = path;
    this.place = source.placeOf(node) ?? fallback;
  }

  report(reason: string, detail: ProblemDetail = {}): undefined {
    this.source.report(this.place, this.path, reason, detail);
  }

  warn(reason: string, detail: ProblemDetail = {}): void {
    this.source.warn({ file: manifestPath, ...this.place, path: this.path, reason, ...detail });
  }

  #wrong(wanted: string, advice = ''): undefined {
    const value = isScalar(this.node) ? { value: describeValue(this.node.value) } : {};
    return this.report(`must be ${wanted}, not ${kindOf(this.node)}${advice}`, { ...value, allowed: wanted });
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  /** The value of a scalar as written, so that `5` and `true` can stand where text is meant. */
  get scalar(): unknown {
    return isScalar(this.node) ? this.node.value : undefined;
  }

  /** The entries of a map with these keys; others are reported, and so are required ones that are missing. */
  fields({ known, required = [], later = [] }: Keys): ReadonlyMap<string, Cursor> | undefined {
    const entries = this.entries();
    if (entries === undefined) return undefined;
    for (const [key, { at }] of entries) {
      const path = this.#below(key);
      if (later.includes(key)) this.source.report(at, path, `"${key}" ${laterReason}`);
      else if (!known.includes(key)) {
        const allowed = `one of ${[...known].sort().join(', ')}`;
        this.source.report(at, path, `unknown key "${key}"${didYouMean(key, [...known, ...later])}`, {
          value: key,
          allowed,
        });
      }
    }
    for (const key of required) {
      if (!entries.has(key))
        this.source.report(this.place, this.#below(key), `"${key}" is missing`, { allowed: 'required' });
    }
    const present = [...entries].filter(
      ([key, { cursor }]) => known.includes(key) && !(cursor.isEmpty && !required.includes(key)),
    );
    return new Map(present.map(([key, { cursor }]) => [key, cursor]));
  }

  /** A map's entries whatever their keys, each with the place of its key. */
  entries(): ReadonlyMap<string, { at: Place; cursor: Cursor }> | undefined {
    if (!isMap(this.node)) return this.#wrong('a map');
    const entries = new Map<string, { at: Place; cursor: Cursor }>();
    for (const { key, value } of this.node.items) {
      const at = this.source.placeOf(isNode(key) ? key : null) ?? this.place;
      const name = isScalar(key) && typeof key.value === 'string' ? key.value : null;
      if (name === null) {
        this.source.report(
          at,
          this.path,
          'keys must be text',
          isScalar(key) ? { value: describeValue(key.value) } : {},
        );
        continue;
      }
      entries.set(name, { at, cursor: new Cursor(this.source, isNode(value) ? value : null, this.#below(name), at) });
    }
    return entries;
  }

  /** What is written here as plain data. */
  toJson(): unknown {
    return this.source.toJson(this.node);
  }

  /** The place below by keys and indices, or the nearest one above it that exists. */
  descend(parts: readonly string[]): Cursor {
    let here: Cursor = this;
    for (const part of parts) {
      const next = isSeq(here.node)
        ? here.list(Infinity)?.[Number(part)]
        : here.isMap
          ? here.entries()?.get(part)?.cursor
          : undefined;
      if (next === undefined) return here;
      here = next;
    }
    return here;
  }

  /** Nothing was written: the key's default holds. */
  get isEmpty(): boolean {
    return this.node === null || (isScalar(this.node) && this.node.value === null);
  }

  #below(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  list(max: number): Cursor[] | undefined {
    if (!isSeq(this.node)) return this.#wrong('a list');
    if (this.node.items.length > max) {
      return this.report(`has ${this.node.items.length} elements`, {
        value: this.node.items.length,
        allowed: `at most ${max}`,
      });
    }
    return this.node.items.map(
      (item, index) => new Cursor(this.source, isNode(item) ? item : null, `${this.path}[${index}]`, this.place),
    );
  }

  text(rule: { max: number; min?: number; pattern?: RegExp; what: string }): string | undefined {
    const value = this.scalar;
    if (typeof value !== 'string')
      return this.#wrong(rule.what, typeof value === 'number' ? ': write it in quotes' : '');
    const fits = value.length <= rule.max && value.length >= (rule.min ?? 1) && (rule.pattern?.test(value) ?? true);
    return fits ? value : this.report(`is not ${rule.what}`, { value: describeValue(value), allowed: rule.what });
  }

  /** Text, or a number or truth value in the way it was written. */
  looseText(max: number): string | undefined {
    const { node } = this;
    if (!isScalar(node) || !['string', 'number', 'boolean'].includes(typeof node.value)) {
      return this.#wrong('text', this.isMap ? ': text that begins with {{ needs quotes' : '');
    }
    const value = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    if (value.includes('\0')) return this.report('holds a NUL character', { allowed: 'text without NUL' });
    return value.length <= max
      ? value
      : this.report(`is longer than ${max} characters`, { value: describeValue(value) });
  }

  integer(min: number, max: number): number | undefined {
    const value = this.scalar;
    const allowed = `a whole number from ${min} to ${max}`;
    if (typeof value !== 'number') return this.#wrong(allowed);
    const fits = Number.isInteger(value) && value >= min && value <= max;
    return fits ? value : this.report(`must be ${allowed}`, { value, allowed });
  }

  flag(): boolean | undefined {
    const value = this.scalar;
    return typeof value === 'boolean' ? value : this.#wrong('true or false');
  }

  /** One of some words; `later` ones are named, and refused. */
  word<W extends string>(words: readonly W[], later: readonly string[] = []): W | undefined {
    const value = this.scalar;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    if (typeof value === 'string' && later.includes(value)) return this.report(`"${value}" ${laterReason}`, { value });
    const allowed = `one of ${words.join(', ')}`;
    if (typeof value !== 'string') return this.#wrong(allowed);
    return this.report(`"${describeValue(value)}" is not ${allowed}${didYouMean(value, words)}`, {
      value: describeValue(value),
      allowed,
    });
  }

  duration(minMs: number, maxMs: number): number | undefined {
    const value = this.scalar;
    const ms = typeof value === 'string' ? parseDuration(value) : null;
    const allowed = `${showDuration(minMs)} to ${showDuration(maxMs)}`;
    if (ms === null) {
      if (typeof value !== 'string' && typeof value !== 'number') return this.#wrong(durationForm);
      return this.report(`is not ${durationForm}`, { value: describeValue(value), allowed });
    }
    const fits = ms >= minMs && ms <= maxMs;
    return fits ? ms : this.report(`must be ${allowed}`, { value: describeValue(value), allowed });
  }
}
