import { dnsLabelMax, dnsLabelPattern } from '@yiqiu/kernel';
import { checkRelativePath, type PackageFiles } from '../files/index.ts';
import type { Cursor } from './cursor.ts';
import type { ManifestSource } from './source.ts';

/** Bounds of lists and texts in a manifest. */
export const limits = {
  endpoints: 64,
  keys: 64,
  ports: 64,
  data: 16,
  templates: 128,
  arguments: 128,
  argumentCharacters: 4_096,
  variables: 128,
  summaryCharacters: 200,
} as const;

/** What the readers of one manifest share. */
export interface Reading {
  source: ManifestSource;
  files: PackageFiles;
  /** Names of the declared ports; null: the list has problems, so nothing is said against a name. */
  ports: readonly string[] | null;
  /** Texts that are templates themselves (commands, variables), to be checked when all names are known. */
  inlineTemplates: { cursor: Cursor; text: string }[];
}

export function readName(cursor: Cursor | undefined): string | undefined {
  return cursor?.text({
    max: dnsLabelMax,
    pattern: dnsLabelPattern,
    what: `a DNS label (a-z, 0-9 and "-", at most ${dnsLabelMax} characters)`,
  });
}

export function readUser(cursor: Cursor | undefined): string | undefined {
  return cursor?.text({ max: 32, pattern: /^[a-z_][a-z0-9_-]*\$?$/, what: 'the name of a user' });
}

export const homePath = "a path below the unit's home, without . and ..";
export const packagePath = 'a path below the package, without . and ..';

/** A relative path that stays below where it begins. */
export function readPath(cursor: Cursor, allowed: string): string | undefined {
  const text = cursor.text({ max: 255, what: allowed });
  if (text === undefined) return undefined;
  const checked = checkRelativePath(text);
  return 'path' in checked ? checked.path : cursor.report(`"${text}" ${checked.reason}`, { value: text, allowed });
}

export interface Item {
  name: string | undefined;
  cursor: Cursor;
  fields: ReadonlyMap<string, Cursor>;
}

/** A list of maps that have a name each. `complete`: every name could be read. */
export function readNamed(
  cursor: Cursor | undefined,
  max: number,
  keys: { known: readonly string[]; required: readonly string[]; later?: readonly string[] },
  taken: Set<string> = new Set(),
): { items: Item[]; complete: boolean } {
  if (cursor === undefined) return { items: [], complete: true };
  const elements = cursor.list(max);
  const items = (elements ?? []).flatMap((element): Item[] => {
    const fields = element.fields(keys);
    if (fields === undefined) return [];
    const name = readName(fields.get('name'));
    if (name !== undefined && taken.has(name)) fields.get('name')?.report(`"${name}" is there twice`, { value: name });
    if (name !== undefined) taken.add(name);
    return [{ name, cursor: element, fields }];
  });
  const complete =
    elements !== undefined && items.length === elements.length && items.every(({ name }) => name !== undefined);
  return { items, complete };
}

/** A command: the first argument is an absolute path, or begins with the program's or the unit's home. */
export function readCommand(cursor: Cursor | undefined, reading: Reading): string[] | undefined {
  const elements = cursor?.list(limits.arguments);
  if (cursor === undefined || elements === undefined) return undefined;
  if (elements.length === 0) return cursor.report('is empty', { allowed: 'a command and its arguments' });
  const texts = elements.map((element) => readTemplateText(element, reading) ?? '');
  const absolute = /^(\/|\{\{\{?~?\s*(program|unit)\.home\s*~?\}?\}\}\/)/;
  const [first = ''] = texts;
  if (first !== '' && !absolute.test(first)) {
    const allowed = "a path that begins with /, '{{program.home}}/' or '{{unit.home}}/'";
    elements[0]?.report('must be an absolute path', { value: first, allowed });
  }
  warnIfMissing(elements[0], first, reading);
  if (first === '' && elements[0]?.scalar === '') elements[0].report('must be an absolute path', { value: '' });
  return texts;
}

/** `{{program.home}}/bin/ping` where the package has no bin/ping that can be run. */
function warnIfMissing(cursor: Cursor | undefined, command: string, { files }: Reading): void {
  const path = /^\{\{\{?~?\s*program\.home\s*~?\}?\}\}\/([^{}]+)$/.exec(command)?.[1];
  const file = path === undefined ? undefined : files.table.fileAt(path);
  if (file === null) cursor?.warn(`runs "${path}", which the package does not have`, { value: command });
  else if (file?.executable === false) cursor?.warn(`runs "${path}", which has no run bit`, { value: command });
}

/** Text that is a template, to be checked later. */
export function readTemplateText(cursor: Cursor, reading: Reading): string | undefined {
  const text = cursor.looseText(limits.argumentCharacters);
  if (text !== undefined) reading.inlineTemplates.push({ cursor, text });
  return text;
}
