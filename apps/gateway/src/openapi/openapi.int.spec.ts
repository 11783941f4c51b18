import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '@yiqiu/platform-kit';
import { freePort } from '@yiqiu/processes';
import { Backends } from '../backends/backends.ts';
import { startGateway } from '../start.ts';

const token = 't'.repeat(40);

interface Parameter {
  readonly name: string;
  readonly in: string;
}
interface Operation {
  readonly parameters: readonly Parameter[];
  readonly responses: { readonly [status: string]: { readonly content?: { readonly [type: string]: unknown } } };
  readonly security: readonly unknown[];
}
interface Document {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: unknown } };
}

/** A gateway whose services are all away: what it says of itself, and what it refuses on its own. */
describe('the OpenAPI of the gateway', () => {
  let gateway: NestFastifyApplication;
  let server: string;
  let document: Document;

  beforeAll(async () => {
    const nobody = { host: '127.0.0.1', port: await freePort() };
    const bind = { host: '127.0.0.1', port: await freePort() };
    const backends = new Backends({ machine: nobody, resource: nobody, service: nobody }, 's'.repeat(40));
    gateway = await startGateway({ bind, token, backends, logger: createLogger({ name: 'test', level: 'silent' }) });
    server = `http://127.0.0.1:${bind.port}`;
    document = (await (await fetch(`${server}/api/openapi.json`)).json()) as Document;
  }, 30_000);

  afterAll(async () => {
    await gateway.close();
  }, 30_000);

  const call = (method: string, path: string, body?: string, headers: { [name: string]: string } = {}) =>
    fetch(`${server}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );

  const api = () => operations().filter(({ path }) => path.startsWith('/api/v1/') && path !== '/api/v1/agents/join');

  const filled = (path: string): string =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'verb' ? 'init' : 'a'));

  it('names every path parameter, the token, and problems as such', () => {
    expect(api().length).toBeGreaterThan(40);
    for (const { method, path, operation } of api()) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect({ path, inPath: [...inPath].sort() }).toEqual({ path, inPath: [...named].sort() });
      expect(operation.security).toEqual([{ bearer: [] }]);
      const headers = operation.parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
      expect(headers.includes('Idempotency-Key')).toBe(method !== 'GET');
      for (const status of ['400', '401', '503'])
        expect(Object.keys(operation.responses[status]?.content ?? {})).toEqual(['application/problem+json']);
    }
    expect(Object.keys(document.components.schemas)).toContain('Problem');
  });

  it('names exactly the query parameters that a route takes', async () => {
    const asked = api().map(async ({ method, path, operation }) => {
      const said = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
      const bodiless = method === 'GET' || method === 'DELETE';
      const response = await call(
        method,
        `${filled(path)}?nonsense=1`,
        bodiless ? undefined : '{}',
        bodiless ? {} : { 'content-type': 'application/json' },
      );
      const problem = (await response.json()) as { code: string; errors: { allowed: string | string[] }[] };
      // It asks a service before it looks at the query.
      if (response.status === 503) return false;
      expect({ path, status: response.status, code: problem.code }).toEqual({
        path,
        status: 400,
        code: 'request-malformed',
      });
      const allowed = problem.errors[0]?.allowed ?? [];
      expect({ path, said: [...said].sort() }).toEqual({
        path,
        said: allowed === 'no query parameter' ? [] : [...[allowed].flat()].sort(),
      });
      return true;
    });
    expect((await Promise.all(asked)).filter(Boolean).length).toBeGreaterThan(20);
  }, 120_000);

  it.each([
    ['an unknown path', 'GET', '/nothing', undefined, {}, 404, 'unknown-route'],
    ['a method that a path has not', 'DELETE', '/api/v1/status', undefined, {}, 404, 'unknown-route'],
    ['a path that is no URL', 'GET', '/%zz', undefined, {}, 400, 'malformed'],
    ['a name without end', 'GET', `/api/v1/pools/${'a'.repeat(600)}`, undefined, {}, 414, 'path-too-long'],
    [
      'YAML where JSON is wanted',
      'POST',
      '/api/v1/pools',
      'name: a',
      { 'content-type': 'application/yaml' },
      400,
      'body-malformed',
    ],
    [
      'a type that nobody takes',
      'POST',
      '/api/v1/pools',
      'x',
      { 'content-type': 'text/csv' },
      415,
      'unsupported-media-type',
    ],
    [
      'JSON beyond 8 MiB',
      'POST',
      '/api/v1/pools',
      '{}'.padEnd(9_000_000),
      { 'content-type': 'application/json' },
      413,
      'too-large',
    ],
    [
      'YAML beyond 1 MiB',
      'PUT',
      '/api/v1/groups/a',
      'a: '.padEnd(2_000_000),
      { 'content-type': 'application/yaml' },
      413,
      'too-large',
    ],
    [
      'an archive that is none',
      'POST',
      '/api/v1/programs',
      'x',
      { 'content-type': 'text/plain' },
      400,
      'archive-missing',
    ],
    [
      'a key unknown to a group document',
      'PUT',
      '/api/v1/groups/a',
      'apiVersion: yiqiu/v1\nkind: Group\nname: a\ncolour: red\n',
      { 'content-type': 'application/yaml' },
      422,
      'request-invalid',
    ],
    ['a revision that is none', 'DELETE', '/api/v1/pools/a', undefined, { 'if-match': 'x' }, 400, 'request-malformed'],
  ] as const)('refuses %s as a problem', async (_what, method, path, body, headers, status, code) => {
    const response = await call(method, path, body, headers);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect({ status: response.status, body: await response.json() }).toMatchObject({ status, body: { status, code } });
  });

  it('answers HEAD without a body, as a problem where there is nothing', async () => {
    const response = await call('HEAD', '/nothing');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      404,
      expect.stringContaining('application/problem+json'),
      '',
    ]);
  });

  it('has metrics, by route', async () => {
    await call('GET', '/healthz');
    const response = await fetch(`${server}/metrics`);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toMatch(
      /yiqiu_http_request_seconds_count\{service="gateway",method="GET",route="\/healthz",status="200"\} \d+/,
    );
    expect(text).toContain('process_cpu_seconds_total');
  });
});
