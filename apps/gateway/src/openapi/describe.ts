import type { OpenAPIObject } from '@nestjs/swagger';
import { problem } from '@yiqiu/contracts';
import { z } from 'zod';
import { choices, queries, schemas } from './queries.ts';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];
type Responses = Operation['responses'];

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Paths that need no token. */
const open = ['/healthz', '/readyz', '/metrics', '/api/v1/agents/join'];
/** Operations that heed the revision a change was made against. */
const revised = ['PUT /api/v1/groups/{group}', 'DELETE /api/v1/groups/{group}'];

const problems: { readonly [status: string]: string } = {
  400: 'malformed: a body that cannot be read, an unknown query parameter, a bad header',
  401: 'no token, or another one',
  403: 'not allowed',
  404: 'there is no such thing',
  409: 'its state does not allow it; `state` and `possible` say what does',
  412: 'the revision in If-Match is not the current one',
  413: 'the body is too large',
  422: 'invalid: `errors` names each field',
  429: 'too much at once; Retry-After says when',
  503: 'a part of the platform cannot be reached now; Retry-After says when',
};

/**
 * What every operation has in common, added to what the routes say themselves: the token, query parameters, the headers of
 * changes, and errors as problems.
 */
export const described = (document: OpenAPIObject): OpenAPIObject => {
  const components = { ...document.components, schemas: { ...document.components?.schemas, ...problemSchemas() } };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (operation !== undefined) item[method] = describedOperation(method, path, operation);
    }
  }
  return { ...document, components: components as NonNullable<OpenAPIObject['components']> };
};

/** The problem and what it is made of, as components of their own: a reference within a document is from its root. */
const problemSchemas = (): { readonly [name: string]: unknown } => {
  const { $defs = {} } = z.toJSONSchema(problem, { target: 'draft-2020-12', io: 'output' });
  const nameOf = (name: string): string => (name === 'Problem' ? name : `Problem${name.replace('__schema', 'Part')}`);
  const text = JSON.stringify($defs, (key, value: unknown) =>
    key === '$ref' && typeof value === 'string'
      ? `#/components/schemas/${nameOf(value.replace('#/$defs/', ''))}`
      : value,
  );
  const schemas = JSON.parse(text) as { readonly [name: string]: unknown };
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [nameOf(name), schema]));
};

const querySchema = (operation: string, name: string): object => {
  const values = choices[operation]?.[name];
  return values === undefined ? (schemas[name] ?? { type: 'string' }) : { type: 'string', enum: [...values] };
};

const describedOperation = (method: (typeof methods)[number], path: string, operation: Operation): Operation => {
  const key = `${method.toUpperCase()} ${path}`;
  const isOpen = open.includes(path);
  const isChange = method !== 'get';
  const parameters = [
    ...(operation.parameters ?? []),
    ...missingPathParameters(path, operation.parameters ?? []),
    ...(queries[key] ?? []).map((name): Parameter => ({
      name,
      in: 'query',
      required: false,
      schema: querySchema(key, name),
    })),
    ...(isChange && !isOpen ? [idempotencyKey] : []),
    ...(revised.includes(key) ? [ifMatch] : []),
    ...(key === 'GET /api/v1/events/stream' ? [lastEventId] : []),
  ];
  return {
    ...operation,
    tags: (operation.tags ?? []).map((tag) => tag.replace(/Routes$/, '')),
    parameters,
    responses: { ...operation.responses, ...refusals(path, isOpen, isChange, parameters) },
    security: isOpen ? [] : [{ bearer: [] }],
  };
};

/** Of routes that take all of them as one object. */
const missingPathParameters = (path: string, known: readonly Parameter[]): Parameter[] =>
  [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !known.some((parameter) => 'name' in parameter && parameter.name === name))
    .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same key with the same content gives the same answer and changes nothing more; with other content 422.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,150}$' },
};

const ifMatch: Parameter = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The revision that the change was made against.',
  schema: { type: 'string', pattern: '^"?\\d+"?$' },
};

const lastEventId: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Go on after this event.',
  schema: { type: 'string', pattern: '^(machine|resource|service):\\d+(,(machine|resource|service):\\d+)*$' },
};

const refusals = (path: string, isOpen: boolean, isChange: boolean, parameters: readonly Parameter[]): Responses => {
  if (isOpen && !isChange) return {};
  const named = parameters.some((parameter) => 'in' in parameter && parameter.in === 'path');
  const statuses = [
    '400',
    ...(isOpen ? [] : ['401']),
    ...(isChange || named || path === '/api/v1/status' ? ['404'] : []),
    ...(isChange ? ['403', '409', '412', '413', '422', '429'] : []),
    '503',
  ];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: problems[status] ?? '',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
};
