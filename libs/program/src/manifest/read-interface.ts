import { reservedUnitKeys } from './names.ts';
import type { Cursor } from './cursor.ts';
import { limits, readName, readNamed, type Item } from './reading.ts';
import type { Manifest, Port, ProvidedEndpoint, RequiredEndpoint } from './types.ts';

type Fields = ReadonlyMap<string, Cursor>;

export interface ReadEndpoints {
  provides: ProvidedEndpoint[];
  peers: Manifest['peers'];
  requires: RequiredEndpoint[];
  /** All names could be read. */
  complete: boolean;
}

/** `provides`, `peers`, `requires`: one name space, since all of them are names under `relations`. */
export function readEndpoints(manifest: Fields): ReadEndpoints {
  const taken = new Set<string>();
  const required = ['name', 'interface'];
  const read = (key: string, known: readonly string[]) =>
    readNamed(manifest.get(key), limits.endpoints, { known: [...required, ...known], required }, taken);
  const [provides, peers, requires] = [
    read('provides', ['keys']),
    read('peers', []),
    read('requires', ['optional', 'limit']),
  ];
  return {
    provides: provides.items.map((item) => ({ ...endpoint(item), keys: readKeys(item.fields.get('keys')) })),
    peers: peers.items.map(endpoint),
    requires: requires.items.map((item) => ({
      ...endpoint(item),
      optional: item.fields.get('optional')?.flag() ?? false,
      limit: item.fields.get('limit')?.integer(1, 1_000) ?? null,
    })),
    complete: provides.complete && peers.complete && requires.complete,
  };
}

function endpoint({ name, fields }: Item): { name: string; interface: string } {
  return { name: name ?? '', interface: readName(fields.get('interface')) ?? '' };
}

function readKeys(cursor: Cursor | undefined): ProvidedEndpoint['keys'] {
  const fields = cursor?.fields({ known: ['unit', 'service'] });
  const read = (key: 'unit' | 'service'): string[] => {
    const elements = fields?.get(key)?.list(limits.keys) ?? [];
    const names = elements.map((element) =>
      element.text({ max: 63, pattern: /^[A-Za-z][\w.-]*$/, what: 'the name of a key' }),
    );
    names.forEach((name, index) => {
      if (name !== undefined && names.indexOf(name) < index)
        elements[index]?.report(`"${name}" is there twice`, { value: name });
    });
    return names.filter((name) => name !== undefined);
  };
  // The platform itself gives every unit its name, address and ports: who asks for them can always count on them.
  return { unit: read('unit').filter((name) => !reservedUnitKeys.includes(name)), service: read('service') };
}

export function readPorts(manifest: Fields): { ports: Port[]; complete: boolean } {
  const { items, complete } = readNamed(manifest.get('ports'), limits.ports, {
    known: ['name', 'default'],
    required: ['name'],
    later: ['count'],
  });
  const ports = items.map(({ name, fields }) => ({
    name: name ?? '',
    default: fields.get('default')?.integer(1, 65_535) ?? null,
  }));
  return { ports, complete };
}
