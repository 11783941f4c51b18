import { isObject, type JsonValue } from '../json.ts';
import { endpointNames, type Manifest } from '../manifest/types.ts';

/** What is known of a value before there is one. */
export type Shape =
  | { kind: 'any' }
  | { kind: 'scalar'; boolean: boolean }
  | { kind: 'list'; item: Shape }
  /** `rest`: the shape of keys that are not declared; null: there are none. */
  | { kind: 'object'; fields: ReadonlyMap<string, Shape>; rest: Shape | null };

export const anything: Shape = { kind: 'any' };
export const scalar: Shape = { kind: 'scalar', boolean: false };
export const flag: Shape = { kind: 'scalar', boolean: true };

export function objectOf(fields: Readonly<Record<string, Shape>>, rest: Shape | null = null): Shape {
  return { kind: 'object', fields: new Map(Object.entries(fields)), rest };
}

export function listOf(item: Shape): Shape {
  return { kind: 'list', item };
}

/** What `each` over an object gives: the one shape that all fields share, else anything. */
export function commonShape(shapes: readonly Shape[]): Shape {
  const [first] = shapes;
  if (first !== undefined && shapes.every((shape) => shape === first)) return first;
  return shapes.length > 0 && shapes.every((shape) => shape.kind === 'scalar') ? scalar : anything;
}

/** The parts of a manifest that decide which names exist. `null`: not known, because that part has problems itself. */
export interface DeclaredNames {
  ports: readonly string[] | null;
  endpoints: readonly string[] | null;
  config: Shape;
}

export function declaredNames(manifest: Manifest): DeclaredNames {
  return {
    ports: manifest.ports.map((port) => port.name),
    endpoints: endpointNames(manifest),
    config: configShape(manifest.config),
  };
}

/** The names of "What hooks and templates see", for one manifest. Without ports there is no `port`. */
export function contextShape({ ports, endpoints, config }: DeclaredNames): Shape {
  const portMap =
    ports === null ? objectOf({}, scalar) : objectOf(Object.fromEntries(ports.map((name) => [name, scalar])));
  const port = ports !== null && ports.length === 0 ? {} : { port: scalar };
  const place = { name: scalar, ordinal: scalar, incarnation: scalar, ip: scalar, ...port, ports: portMap };
  const related = { name: scalar, ordinal: scalar, incarnation: scalar, ip: scalar, port: scalar, leader: flag };
  const relation = objectOf({
    ready: flag,
    service: objectOf({}, anything),
    units: listOf(objectOf({ ...related, ports: objectOf({}, scalar) }, anything)),
  });
  return objectOf({
    program: objectOf({ name: scalar, version: scalar, home: scalar }),
    unit: objectOf({ ...place, home: scalar, leader: flag }),
    service: objectOf({ name: scalar, leader: objectOf(place) }),
    members: listOf(objectOf({ ...place, leader: flag, ready: flag, self: flag })),
    group: objectOf({ name: scalar }),
    machine: objectOf({ name: scalar, address: scalar, labels: objectOf({}, scalar), rack: scalar, zone: scalar }),
    resources: objectOf({ cpuMilli: scalar, memoryMiB: scalar, diskMiB: scalar }),
    config,
    relations:
      endpoints === null
        ? objectOf({}, relation)
        : objectOf(Object.fromEntries(endpoints.map((name) => [name, relation]))),
  });
}

/** Config has the declared keys and no others, unless the schema itself lets others in. */
export function configShape(schema: JsonValue): Shape {
  if (!isObject(schema)) return anything;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const more = schema['additionalProperties'];
  const open = (more !== undefined && more !== false) || schema['patternProperties'] !== undefined;
  const fields = Object.entries(properties).map(([key, property]): [string, Shape] => [key, valueShape(property)]);
  return objectOf(Object.fromEntries(fields), open ? anything : null);
}

const combiners = ['$ref', '$dynamicRef', 'anyOf', 'oneOf', 'allOf', 'if', 'not'];

function valueShape(schema: unknown): Shape {
  if (!isObject(schema) || combiners.some((keyword) => schema[keyword] !== undefined)) return anything;
  const type = schema['type'];
  if (type === 'array') return listOf(schema['prefixItems'] === undefined ? valueShape(schema['items']) : anything);
  if (type === 'object') {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    const fields = Object.entries(properties).map(([key, property]): [string, Shape] => [key, valueShape(property)]);
    const closed = schema['additionalProperties'] === false && schema['patternProperties'] === undefined;
    return objectOf(Object.fromEntries(fields), closed ? null : anything);
  }
  if (type === 'boolean') return flag;
  const plain = ['string', 'number', 'integer', 'null'];
  return typeof type === 'string' && plain.includes(type) ? scalar : anything;
}
