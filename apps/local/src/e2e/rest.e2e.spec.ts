import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { EventView, GroupView, OperationView, ProgramView, ServiceView, UnitView } from '@yiqiu/contracts';
import { waitFor } from '@yiqiu/processes';
import { pack } from '@yiqiu/program';
import { createParser } from 'eventsource-parser';
import { checkout, groupDocument, TestPlatform, withPlatform, type Answer } from './platform.fixture.ts';
import { refusedRequests } from './refused-requests.fixture.ts';

interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

const yaml = { 'content-type': 'application/yaml' };
const gzip = { 'content-type': 'application/gzip' };

/** REST and its events, on a whole platform. */
describe('REST', () => {
  let platform: TestPlatform;
  withPlatform((started) => {
    platform = started;
  });

  const done = async (answer: Answer): Promise<OperationView> => {
    expect(answer.status).toBe(202);
    const path = answer.headers.get('location')?.replace('/api/v1', '') ?? '';
    return waitFor(
      async () => {
        const operation = await platform.get<OperationView>(path);
        return operation.state !== 'running' && operation;
      },
      { deadlineMs: 60_000, what: 'the operation to end' },
    );
  };

  const heads = async (): Promise<string[]> => {
    const { items } = await platform.get<Page<EventView>>('/events?limit=1000');
    return items.map(({ context, position }) => `${context}:${position}`);
  };

  const archiveOf = async (change: (directory: string) => void): Promise<Uint8Array> => {
    const directory = join(platform.dir, `program-${crypto.randomUUID()}`);
    cpSync(join(checkout, 'deploy/programs/hello'), directory, { recursive: true });
    change(directory);
    const packed = await pack(directory);
    if ('problems' in packed) throw new Error(packed.problems.map(({ reason }) => reason).join('; '));
    return packed.archive;
  };

  it('takes a program once, the same again with 200, and refuses another under its version', async () => {
    const archive = await archiveOf(() => undefined);
    expect(await platform.rest('POST', '/programs', archive, { 'content-type': 'application/json' })).toMatchObject({
      status: 400,
    });
    expect(await platform.rest('POST', '/programs', new Uint8Array(0), gzip)).toMatchObject({ status: 422 });
    expect(await platform.rest('POST', '/programs', new TextEncoder().encode('no archive'), gzip)).toMatchObject({
      status: 422,
    });
    expect((await platform.get<Page<ProgramView>>('/programs')).items).toEqual([]);

    const pushed = await platform.rest('POST', '/programs', archive, gzip);
    expect(pushed).toMatchObject({ status: 201, body: { name: 'hello', version: '1.0.0' } });
    expect(await platform.rest('POST', '/programs', archive, gzip)).toMatchObject({ status: 200, body: pushed.body });
    const other = await archiveOf((directory) => writeFileSync(join(directory, 'README.md'), 'another\n'));
    expect(await platform.rest('POST', '/programs', other, gzip)).toMatchObject({ status: 409 });
    expect((await platform.get<Page<ProgramView>>('/programs')).items).toEqual([pushed.body]);
  }, 60_000);

  it('names file and line of a manifest that is not sound', async () => {
    const directory = join(platform.dir, 'spoilt');
    cpSync(join(checkout, 'deploy/programs/hello'), directory, { recursive: true });
    const manifest = join(directory, 'yiqiu.yaml');
    const text = readFileSync(manifest, 'utf8').replace('version: 1.0.0', 'version: 2.0.0\ncolour: red');
    writeFileSync(manifest, text);
    const line = text.split('\n').indexOf('colour: red') + 1;
    const tar = spawnSync('tar', ['-C', directory, '-czf', join(platform.dir, 'spoilt.tgz'), '.']);
    expect(tar.status).toBe(0);
    const archive = new Uint8Array(readFileSync(join(platform.dir, 'spoilt.tgz')));
    const answer = await platform.rest('POST', '/programs', archive, gzip);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: `yiqiu.yaml:${line}` }] } });
    expect(await platform.rest('GET', '/programs/hello/2.0.0')).toMatchObject({ status: 404 });
    const cli = await platform.yiqiu('program', 'push', directory);
    expect(cli).toMatchObject({ status: 1, stderr: expect.stringContaining(`yiqiu.yaml:${line}`) });
  }, 60_000);

  it('applies, plans, and follows every event of it over SSE, through the death of a service', async () => {
    const stop = new AbortController();
    const { server, token } = platform.file;
    const seen: string[] = [];
    const response = await fetch(`${server}/api/v1/events/stream?from=1`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    const parser = createParser({
      onEvent: ({ data }) => {
        const { context, position } = JSON.parse(data) as EventView;
        seen.push(`${context}:${position}`);
      },
    });
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    })().catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });

    const plan = await platform.rest('PUT', '/groups/shop?dryRun=true', groupDocument('shop', 3), yaml);
    expect(plan).toMatchObject({
      status: 200,
      body: { group: 'shop', revision: 0, changes: [{ service: 'shop/web' }] },
    });
    expect(await platform.rest('GET', '/groups/shop')).toMatchObject({ status: 404 });
    const { id } = plan.body as { id: string };
    const applied = await platform.rest('PUT', `/groups/shop?plan=${id}`, groupDocument('shop', 3), yaml);
    await platform.fate('kill', 'resource-platform');
    expect(await done(applied)).toMatchObject({ state: 'succeeded', progress: { done: 3, total: 3 } });
    const told = await waitFor(
      async () => {
        const all = await heads();
        return all.length > 0 && seen.length >= all.length && all;
      },
      { deadlineMs: 30_000, what: 'every event over SSE' },
    );
    expect([...seen].sort()).toEqual([...told].sort());
    for (const context of ['machine', 'resource', 'service']) {
      const own = seen.filter((name) => name.startsWith(`${context}:`));
      expect(own).toEqual(own.map((_, index) => `${context}:${index + 1}`));
    }
    stop.abort();
    await reading;
  }, 120_000);

  it('gives the same answer to the same key, and refuses the key with another body', async () => {
    const before = await heads();
    const key = { 'idempotency-key': 'scale-once' };
    const first = await platform.rest('POST', '/groups/shop/services/web/scale', { units: 2 }, key);
    expect(await done(first)).toMatchObject({ state: 'succeeded' });
    await done(await platform.rest('POST', '/groups/shop/services/web/scale', { units: 1 }));
    const after = await heads();
    const again = await platform.rest('POST', '/groups/shop/services/web/scale', { units: 2 }, key);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect((await platform.get<ServiceView>('/groups/shop/services/web')).desired).toBe(1);
    const other = await platform.rest('POST', '/groups/shop/services/web/scale', { units: 3 }, key);
    expect(other).toMatchObject({ status: 422 });
    expect((await heads()).length).toBe(after.length);
    expect(after.length).toBeGreaterThan(before.length);
  }, 90_000);

  it('refuses a change made against another revision, and plans that the world has overtaken', async () => {
    const { revision } = await platform.get<GroupView>('/groups/shop');
    const stale = { ...yaml, 'if-match': `"${revision - 1}"` };
    const query = '/groups/shop?take=true';
    expect(await platform.rest('PUT', query, groupDocument('shop', 2), stale)).toMatchObject({ status: 412 });
    expect(await platform.rest('DELETE', '/groups/shop', undefined, { 'if-match': '"999"' })).toMatchObject({
      status: 412,
    });
    const plan = await platform.rest('PUT', `${query}&dryRun=true`, groupDocument('shop', 2), yaml);
    const { id } = plan.body as { id: string };
    const current = { ...yaml, 'if-match': `"${revision}"` };
    expect(await done(await platform.rest('PUT', query, groupDocument('shop', 3), current))).toMatchObject({
      state: 'succeeded',
    });
    const late = await platform.rest('PUT', `${query}&plan=${id}`, groupDocument('shop', 2), yaml);
    expect([409, 412]).toContain(late.status);
    expect((await platform.get<ServiceView>('/groups/shop/services/web')).desired).toBe(3);
  }, 90_000);

  it('pages through lists without gap or repeat', async () => {
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page<UnitView> = await platform.get(`/units?limit=1${more}`);
      expect(page.items.length).toBeLessThanOrEqual(1);
      names.push(...page.items.map(({ name }) => name));
      cursor = page.next;
    }
    expect(names).toEqual(['shop/web/0', 'shop/web/1', 'shop/web/2']);
    for (const wrong of ['limit=0', 'limit=1001', 'limit=x', 'colour=red'])
      expect(await platform.rest('GET', `/units?${wrong}`)).toMatchObject({ status: 400 });
    expect((await platform.get<Page<UnitView>>('/units?state=FAILED')).items).toEqual([]);
  }, 30_000);

  it('refuses what the OpenAPI does not allow, each with its problem, and nothing of it is in the log', async () => {
    const api = await platform.openApi();
    const requests = refusedRequests(api);
    // Made from the document: should it lose its bodies or parameters, this says so.
    expect(requests.length).toBeGreaterThan(900);
    const { server, token } = platform.file;
    const last = async (): Promise<string[]> => {
      const { items } = await platform.get<Page<EventView>>('/events?backwards=true&limit=20');
      return items.map(({ id }) => id);
    };
    const before = await last();
    const wrong: string[] = [];
    for (const { what, method, path, body, contentType, withToken, statuses, field } of requests) {
      const response = await fetch(`${server}${path}`, {
        method,
        headers: {
          ...(withToken ? { authorization: `Bearer ${token}` } : {}),
          ...(contentType === undefined ? {} : { 'content-type': contentType }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(10_000),
      });
      const problem = (await response.json()) as { errors?: { field: string }[] };
      const type = response.headers.get('content-type') ?? '';
      if (!statuses.includes(response.status)) wrong.push(`${what}: ${response.status}`);
      else api.check(method, path, response.status, type, problem);
      if (field === undefined || response.status !== 422) continue;
      if (problem.errors?.some((error) => error.field.includes(field)) !== true)
        wrong.push(`${what}: names ${JSON.stringify(problem.errors)}`);
    }
    expect(wrong).toEqual([]);
    expect(await last()).toEqual(before);
  }, 120_000);

  it('says what is wrong on the command line too: names, states, wrong usage, a platform that is away', async () => {
    expect(await platform.yiqiu('machine', 'show', 'm11')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('Did you mean m1'),
    });
    expect(await platform.yiqiu('scale', 'shop/wep', '3')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('Did you mean shop/web?'),
    });
    expect(await platform.yiqiu('machine', 'online', 'm1')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('READY'),
    });
    expect(await platform.yiqiu('machine', 'onlnie', 'm1')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Did you mean online?'),
    });
    expect(await platform.yiqiu('status', '--server', 'http://127.0.0.1:1')).toMatchObject({ status: 4 });
    const late = await platform.yiqiu('scale', 'shop/web', '5', '--timeout', '1ms');
    expect(late).toMatchObject({ status: 5, stderr: expect.stringContaining('goes on') });
    const status = await platform.yiqiu('status', 'shop');
    expect(status).toMatchObject({ status: 0, stdout: expect.stringMatching(/shop\/web\/0 +RUNNING/) });
    expect(status.stdout).not.toContain('\u001b');
  }, 60_000);
});
