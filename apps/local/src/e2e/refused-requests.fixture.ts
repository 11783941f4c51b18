import type { AnySchema } from 'ajv/dist/2020.js';
import type { OpenApi, Operation } from './openapi.fixture.ts';

/** A request that has to be refused, whatever the platform holds. */
export interface RefusedRequest {
  readonly what: string;
  readonly method: string;
  /** Below the server. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly withToken: boolean;
  readonly statuses: readonly number[];
  /** Which a problem of status 422 has to name. */
  readonly field?: string;
}

const nobody = 'nosuch';
/** Verbs that there are, so that what is refused is the thing that there is not. */
const verbs: { readonly [collection: string]: string } = { machines: 'init', units: 'retry', deployments: 'pause' };
const leaves: readonly unknown[] = [
  ...['a', 'a@1.0.0', 'a/b', 'a/b/0', '127.0.0.9', 'yiqiu/v1', 'Group', '1.0.0', 'a:b', 'id -u', 'x'.repeat(40)],
  ...[1, 0, 100, 60_000, true, false, null],
];
/** What bodies and fields may not be: of each type, at each end. */
const wrongs: readonly unknown[] = [
  ...['', 'Not A Name!', 'x'.repeat(5_000), -1, 0, 1.5, 1e15, true, null, [], [1], {}, { nonsense: 1 }],
];

/** Made from the document alone: an operation that is added is covered. */
export const refusedRequests = (api: OpenApi): RefusedRequest[] =>
  api.operations
    .filter(({ path }) => path.startsWith('/api/v1/') && path !== '/api/v1/agents/join')
    .flatMap((operation) => [
      ...unauthorised(operation),
      ...ofQuery(operation),
      ...ofBody(api, operation),
      ...ofReferences(api, operation),
    ]);

const filled = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (name !== 'verb') return name === 'ordinal' ? '999999' : nobody;
    const [collection] = Object.keys(verbs).filter((known) => path.includes(`/${known}/`));
    return verbs[collection ?? ''] ?? nobody;
  });

const request = (
  { method, path }: Operation,
  what: string,
  statuses: readonly number[],
  more: Partial<RefusedRequest> = {},
): RefusedRequest => ({
  what: `${method} ${path}: ${what}`,
  method,
  path: filled(path),
  withToken: true,
  statuses,
  ...more,
});

const unauthorised = (operation: Operation): RefusedRequest[] => [
  request(operation, 'no token', [401], { withToken: false }),
];

const ofQuery = (operation: Operation): RefusedRequest[] => {
  const path = filled(operation.path);
  // Below a group that there is not, that may be found out first.
  const statuses = path === operation.path ? [400, 422] : [400, 404, 422];
  const query = (text: string): RefusedRequest => request(operation, `?${text}`, statuses, { path: `${path}?${text}` });
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const names = inQuery.map(({ name }) => name);
  const chosen = inQuery.filter(({ schema }) => typeof schema === 'object' && 'enum' in schema).map(({ name }) => name);
  return [
    query('nonsense=1'),
    ...(names.includes('limit') ? ['limit=0', 'limit=1001', 'limit=-1', 'limit=ten'].map(query) : []),
    ...(names.includes('cursor') ? [query('cursor=%21broken')] : []),
    ...chosen.map((name) => query(`${name}=nonsense`)),
  ];
};

const ofBody = (api: OpenApi, operation: Operation): RefusedRequest[] => {
  const { body } = operation;
  if (body === null) return [];
  const json = (what: string, value: unknown, field?: string): RefusedRequest =>
    request(operation, what, [400, 422], {
      body: JSON.stringify(value),
      contentType: 'application/json',
      ...(field === undefined ? {} : { field }),
    });
  const sound = sample(api, body);
  const { properties = {}, required = [] } = api.resolved(body) as {
    properties?: { [name: string]: AnySchema };
    required?: string[];
  };
  const isWrong = (value: unknown): boolean => !api.isValid(body, value);
  return [
    request(operation, 'JSON that ends early', [400], { body: '{"a":', contentType: 'application/json' }),
    request(operation, 'text', [400, 415, 422], { body: 'text', contentType: 'text/plain' }),
    ...wrongs
      .filter((value) => typeof value !== 'object' && isWrong(value))
      .map((value) => json(`body ${shown(value)}`, value)),
    ...(isWrong({ ...sound, nonsense: 1 }) ? [json('an unknown field', { ...sound, nonsense: 1 }, 'nonsense')] : []),
    ...required.map((name) => json(`without ${name}`, without(sound, name), name)),
    ...Object.keys(properties).flatMap((name) =>
      wrongs
        .map((value) => ({ ...sound, [name]: value }))
        .filter(isWrong)
        .map((value) => json(`${name} = ${shown(value[name])}`, value, name)),
    ),
  ];
};

/** What is named in the path, or in the body, is not there. */
const ofReferences = (api: OpenApi, operation: Operation): RefusedRequest[] => {
  if (!operation.path.includes('{')) return [];
  const body =
    operation.body === null
      ? {}
      : { body: JSON.stringify(sample(api, operation.body)), contentType: 'application/json' };
  // A group is made by its PUT: the sample names services that there are not.
  return [request(operation, 'of what there is not', operation.method === 'PUT' ? [404, 409, 422] : [404], body)];
};

/** A body that the document allows, with what is required alone. Throws where none is found: give it one more leaf. */
const sample = (api: OpenApi, schema: AnySchema): { readonly [name: string]: unknown } => {
  const value = sampleOf(api, schema);
  if (!api.isValid(schema, value)) throw new Error(`no sample of ${JSON.stringify(schema)}: ${JSON.stringify(value)}`);
  return value as { [name: string]: unknown };
};

const sampleOf = (api: OpenApi, schema: AnySchema): unknown => {
  const { type, properties, required, items, minItems, additionalProperties, anyOf, oneOf } = api.resolved(schema) as {
    [key: string]: unknown;
    properties?: { [name: string]: AnySchema };
    required?: string[];
    items?: AnySchema;
    minItems?: number;
    additionalProperties?: AnySchema;
    anyOf?: AnySchema[];
    oneOf?: AnySchema[];
  };
  const leaf = leaves.find((value) => api.isValid(schema, value));
  if (leaf !== undefined) return leaf;
  if (type === 'array') return Array.from({ length: minItems ?? 0 }, () => sampleOf(api, items ?? {}));
  if (type === 'object') {
    const named = (required ?? []).map((name) => [name, sampleOf(api, properties?.[name] ?? {})]);
    const fits = Object.fromEntries(named) as object;
    if (api.isValid(schema, fits) || additionalProperties === undefined) return fits;
    return { ...fits, a: sampleOf(api, additionalProperties) };
  }
  return [...(anyOf ?? []), ...(oneOf ?? [])]
    .map((one) => sampleOf(api, one))
    .find((value) => api.isValid(schema, value));
};

const without = (value: { readonly [name: string]: unknown }, name: string): object =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 20)}… (${text.length} characters)` : text;
};
