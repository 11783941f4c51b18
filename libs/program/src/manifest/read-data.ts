import type { Cursor } from './cursor.ts';
import { reservedHomeNames } from './names.ts';
import { homePath, limits, readNamed, readPath } from './reading.ts';
import type { DataDirectory } from './types.ts';
import { parseMode } from './values.ts';

const dataModeDefault = 0o750;

/** `data`: directories that stay the unit's own over upgrades and restarts. */
export function readData(cursor: Cursor | undefined): DataDirectory[] {
  const { items } = readNamed(cursor, limits.data, {
    known: ['name', 'path', 'mode', 'onLoss'],
    required: ['name'],
    later: ['class'],
  });
  const directories = items.map(({ name, cursor: item, fields }) => {
    const given = fields.get('path');
    return {
      at: given ?? item,
      directory: {
        name: name ?? '',
        path: given === undefined ? (name ?? '') : (readPath(given, homePath) ?? ''),
        mode: readMode(fields.get('mode')) ?? dataModeDefault,
        onLoss: fields.get('onLoss')?.word(['wait', 'rebuild', 'init']) ?? 'wait',
      } satisfies DataDirectory,
    };
  });
  directories.forEach(({ at, directory: { path } }, index) => {
    const [top = ''] = path.split('/');
    if (reservedHomeNames.includes(top)) {
      at.report(`"${top}" is the platform's own`, {
        value: path,
        allowed: `not one of ${reservedHomeNames.join(', ')}`,
      });
    }
    const others = directories.slice(0, index).map(({ directory }) => directory.path);
    const other = path === '' ? undefined : others.find((earlier) => overlap(earlier, path));
    if (other !== undefined) at.report(`"${path}" and "${other}" lie within one another`, { value: path });
  });
  return directories.map(({ directory }) => directory);
}

function overlap(left: string, right: string): boolean {
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}

/** Quoted octal digits: an unquoted 0640 is the number 640 to YAML, and not the mode. */
export function readMode(cursor: Cursor | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const what = 'a mode in quotes, e.g. "0640"';
  const text = cursor.text({ max: 4, pattern: /^0?[0-7]{3}$/, what });
  return text === undefined ? undefined : (parseMode(text) ?? undefined);
}
