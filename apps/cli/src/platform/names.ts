import { z } from 'zod';
import { CliError } from '../exit.ts';
import { nearest } from '../ask/nearest.ts';

/** Where a name that is not there would have stood: what was asked for, and how its neighbours are listed. */
export interface Place {
  readonly noun: string;
  readonly asked: string;
  /** Path of the list that knows the names. */
  readonly path: string;
  /** The command that lists them. */
  readonly list: string;
  readonly nameOf: (item: { readonly [field: string]: unknown }) => string;
}

const byField =
  (field: string) =>
  (item: { readonly [name: string]: unknown }): string =>
    String(item[field] ?? '');

const plain: { readonly [first: string]: { readonly noun: string; readonly field: string } } = {
  pools: { noun: 'pool', field: 'name' },
  machines: { noun: 'machine', field: 'name' },
  packages: { noun: 'package', field: 'name' },
  'init-strategies': { noun: 'init-strategy', field: 'name' },
  tickets: { noun: 'ticket', field: 'id' },
  containers: { noun: 'container', field: 'id' },
  deployments: { noun: 'deployment', field: 'id' },
  data: { noun: 'data', field: 'id' },
};

/** Null where the path names nothing that could be listed. */
export const placeOf = (path: string): Place | null => {
  const [target = '', query = ''] = path.split('?');
  const parts = target.split('/').slice(1).map(decodeURIComponent);
  const [first = '', a, b, c, d, e] = parts;
  const known = plain[first];
  if (known !== undefined && a !== undefined) {
    const { noun, field } = known;
    return { noun, asked: a, path: `/${first}`, list: `yiqiu ${noun} list`, nameOf: byField(field) };
  }
  if (first === 'programs' && a !== undefined) {
    const nameOf = (item: { readonly [field: string]: unknown }) =>
      `${String(item['name'])}@${String(item['version'])}`;
    return { noun: 'program', asked: `${a}@${b ?? ''}`, path: '/programs', list: 'yiqiu program list', nameOf };
  }
  const named = (noun: string, asked: string, list: string): Place => ({
    noun,
    asked,
    path: list,
    list: `yiqiu ${noun} list`,
    nameOf: byField('name'),
  });
  const group = first === 'status' ? (new URLSearchParams(query).get('group') ?? undefined) : a;
  if ((first !== 'groups' && first !== 'status') || group === undefined) return null;
  if (b === 'services' && c !== undefined) {
    if (d === 'units' && e !== undefined) return named('unit', `${group}/${c}/${e}`, '/units');
    return named('service', `${group}/${c}`, '/services');
  }
  return named('group', group, '/groups');
};

const rows = z.object({ items: z.array(z.record(z.string(), z.unknown())) });
const shownMax = 8;

/** `Did you mean m3?`, or what there is; null where there is nothing or it cannot be asked. */
export const namesLine = async (place: Place, get: (path: string) => Promise<unknown>): Promise<string | null> => {
  let names: string[];
  try {
    names = rows.parse(await get(`${place.path}?limit=1000`)).items.map(place.nameOf);
  } catch (error) {
    if (error instanceof CliError) return null; // the first error is the one to show
    throw error;
  }
  const near = nearest(place.asked, names);
  if (near.length > 0) return `  Did you mean ${near.join(' or ')}?`;
  if (names.length === 0) return `  there is no ${place.noun} at all`;
  const more = names.length > shownMax ? `, … (${names.length})` : '';
  return `  there are: ${names.slice(0, shownMax).join(', ')}${more}`;
};
