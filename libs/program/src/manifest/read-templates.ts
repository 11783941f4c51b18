import { didYouMean } from '../problem/index.ts';
import { templateCharactersMax } from '../template/index.ts';
import { templatesFolder } from '../files/index.ts';
import type { Cursor } from './cursor.ts';
import { type ChangeEffect, changeCauses, changeEffects } from './names.ts';
import { readMode } from './read-data.ts';
import { homePath, limits, packagePath, readPath, type Reading } from './reading.ts';
import type { Template } from './types.ts';

const modeDefault = 0o644;

export interface ReadTemplate {
  template: Template;
  /** Where `onChange` stands, for the check that a reload exists. */
  onChange: Cursor;
  /** The template's text; null: it could not be read, which has been reported. */
  text: string | null;
}

export function readTemplates(cursor: Cursor | undefined, reading: Reading): ReadTemplate[] {
  const taken = new Set<string>();
  return (cursor?.list(limits.templates) ?? []).flatMap((element): ReadTemplate[] => {
    const fields = element.fields({ known: ['from', 'to', 'mode', 'onChange'], required: ['from', 'to'] });
    if (fields === undefined) return [];
    const [from, to] = [fields.get('from'), fields.get('to')];
    const target = to === undefined ? undefined : readTarget(to, taken);
    const source = from === undefined ? { path: '', text: null } : readSource(from, reading);
    const template = {
      from: source.path,
      to: target ?? '',
      mode: readMode(fields.get('mode')) ?? modeDefault,
      onChange: readOnChange(fields.get('onChange')),
    };
    return [{ template, onChange: fields.get('onChange') ?? element, text: source.text }];
  });
}

function readTarget(cursor: Cursor, taken: Set<string>): string | undefined {
  const path = readPath(cursor, homePath);
  if (path === undefined) return undefined;
  const [top = ''] = path.split('/');
  if (top === 'program' || top === '.owner') cursor.report(`"${top}" is the platform's own`, { value: path });
  else if (['conf', 'log', 'run'].includes(path)) cursor.report(`"${path}" is a directory`, { value: path });
  if (taken.has(path)) cursor.report(`"${path}" is there twice`, { value: path });
  taken.add(path);
  return path;
}

function readSource(cursor: Cursor, { files }: Reading): { path: string; text: string | null } {
  const path = readPath(cursor, packagePath);
  if (path === undefined) return { path: '', text: null };
  const file = files.table.fileAt(path);
  const known = [...files.table.entries.keys()].filter((name) => name.startsWith(templatesFolder));
  if (file === null) {
    cursor.report(`"${path}" does not exist in the package${didYouMean(path, known)}`, { value: path });
    return { path, text: null };
  }
  const text = files.texts.get(file.path);
  if (text === undefined) cursor.report(`"${path}" is not under ${templatesFolder}`, { value: path });
  if (text === null) {
    cursor.report(`"${path}" is no UTF-8 text, or too long`, {
      value: path,
      allowed: `at most ${templateCharactersMax} characters`,
    });
  }
  return { path, text: text ?? null };
}

/** One word for config, relation and members; a changed leader asks for something only where `leader:` says so. */
function readOnChange(cursor: Cursor | undefined): Template['onChange'] {
  const all = (effect: ChangeEffect) => ({
    config: effect,
    relation: effect,
    members: effect,
    leader: 'none' as const,
  });
  if (cursor === undefined) return all('restart');
  if (!cursor.isMap) return all(cursor.word(changeEffects) ?? 'restart');
  const fields = cursor.fields({ known: changeCauses });
  const read = (cause: (typeof changeCauses)[number]) => fields?.get(cause)?.word(changeEffects);
  return {
    config: read('config') ?? 'restart',
    relation: read('relation') ?? 'restart',
    members: read('members') ?? 'restart',
    leader: read('leader') ?? 'none',
  };
}
