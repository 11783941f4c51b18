import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '@yiqiu/platform-kit';
import { freePort, waitFor } from '@yiqiu/processes';
import { createParser } from 'eventsource-parser';
import { Backends } from '../backends/backends.ts';
import { startGateway } from '../start.ts';
import { FakeLog } from './log.fixture.ts';

const token = 't'.repeat(40);
const secret = 's'.repeat(40);
const deadlineMs = 20_000;

interface Received {
  readonly id: string | undefined;
  readonly name: string;
}

/** A client of the stream: what it has got so far, and how it goes away. */
interface Client {
  readonly got: Received[];
  readonly stop: () => Promise<void>;
}

describe('followed events', () => {
  let logs: { machine: FakeLog; resource: FakeLog; service: FakeLog };
  let gateway: NestFastifyApplication;
  let server: string;
  let clients: Client[] = [];

  beforeAll(async () => {
    const logger = createLogger({ name: 'test', level: 'silent' });
    const address = async () => ({ host: '127.0.0.1', port: await freePort() });
    const addresses = { machine: await address(), resource: await address(), service: await address() };
    logs = {
      machine: new FakeLog('machine', addresses.machine, secret, logger),
      resource: new FakeLog('resource', addresses.resource, secret, logger),
      service: new FakeLog('service', addresses.service, secret, logger),
    };
    for (const fake of Object.values(logs)) await fake.start();
    const bind = await address();
    gateway = await startGateway({ bind, token, backends: new Backends(addresses, secret), logger });
    server = `http://127.0.0.1:${bind.port}/api/v1`;
  }, 60_000);

  beforeEach(async () => {
    await Promise.all(clients.map((client) => client.stop()));
    clients = [];
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.stop()));
    await gateway.close();
    await Promise.all(Object.values(logs).map((fake) => fake.stop()));
  }, 60_000);

  const follow = async (query = '', headers: { [name: string]: string } = {}): Promise<Client> => {
    const stop = new AbortController();
    const got: Received[] = [];
    const response = await fetch(`${server}/events/stream${query}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const parser = createParser({
      onEvent: ({ id, data, event }) => {
        const body = JSON.parse(data) as { context: string; position: number; type: string };
        expect(event).toBe(body.type);
        got.push({ id, name: `${body.context}:${body.position}` });
      },
    });
    const ended = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    })().catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    const client = {
      got,
      stop: async () => {
        stop.abort();
        await ended;
      },
    };
    clients.push(client);
    await followed(1);
    return client;
  };

  const followed = (count: number) =>
    waitFor(() => Object.values(logs).every((fake) => fake.followers >= count), { deadlineMs, what: 'the upstreams' });

  const names = ({ got }: Client): string[] => got.map(({ name }) => name);

  const arrive = (client: Client, count: number) =>
    waitFor(() => client.got.length >= count, { deadlineMs, what: `${count} events; got ${names(client).join(' ')}` });

  const closeAll = (l: number): void => {
    for (const fake of Object.values(logs)) fake.closed = { l, c: 0 };
  };

  it('come in the order of their clocks, however late one of the logs is', async () => {
    const client = await follow();
    const at = { machine: logs.machine.events.length, service: logs.service.events.length };
    closeAll(90);
    logs.service.append(100);
    logs.resource.append(100);
    // The machine layer may still say something of before 100: nothing goes out.
    await expect(waitFor(() => client.got.length > 0, { deadlineMs: 700, what: 'too early' })).rejects.toThrow(
      'too early',
    );
    logs.machine.append(95);
    closeAll(100);
    await arrive(client, 3);
    expect(names(client)).toEqual([
      `machine:${at.machine + 1}`,
      `resource:${logs.resource.events.length}`,
      `service:${at.service + 1}`,
    ]);
  }, 40_000);

  it('go on after the last id, without gap or repeat, whenever the client breaks off', async () => {
    closeAll(1_000);
    const all: string[] = [];
    const contexts = ['machine', 'resource', 'service'] as const;
    const start = contexts.map((name) => `${name}:${logs[name].events.length}`).join(',');
    for (let n = 0; n < 300; n++) {
      const context = contexts[(n * 7 + (n >> 3)) % 3] ?? 'machine';
      logs[context].append(1_001 + n);
      all.push(`${context}:${logs[context].events.length}`);
    }
    closeAll(2_000);
    const seen: Received[] = [];
    for (let round = 1; seen.length < all.length; round++) {
      const client = await follow('', { 'last-event-id': seen.at(-1)?.id ?? start });
      await arrive(client, Math.min(round * 23, all.length - seen.length));
      await client.stop();
      seen.push(...client.got.slice(0, round * 23));
      expect(round).toBeLessThan(30);
    }
    expect(seen.map(({ name }) => name)).toEqual(all);
  }, 120_000);

  it('of one type keep their order too', async () => {
    closeAll(3_000);
    const client = await follow('?type=Wanted');
    logs.service.append(3_005, { type: 'Other' });
    logs.service.append(3_020, { type: 'Wanted' });
    logs.machine.append(3_010, { type: 'Wanted' });
    logs.resource.append(3_030, { type: 'Other' });
    closeAll(3_100);
    await arrive(client, 2);
    expect(names(client)).toEqual([`machine:${logs.machine.events.length}`, `service:${logs.service.events.length}`]);
  }, 40_000);

  it('of the others come while one service is away, and its own when it is back', async () => {
    closeAll(4_000);
    const client = await follow();
    await logs.resource.stop();
    logs.service.append(4_001);
    logs.machine.append(4_002);
    closeAll(4_002);
    await arrive(client, 2);
    logs.resource.append(4_003);
    closeAll(4_100);
    await logs.resource.start();
    await arrive(client, 3);
    logs.service.append(4_101);
    closeAll(4_200);
    await arrive(client, 4);
    expect(names(client)).toEqual([
      `service:${logs.service.events.length - 1}`,
      `machine:${logs.machine.events.length}`,
      `resource:${logs.resource.events.length}`,
      `service:${logs.service.events.length}`,
    ]);
  }, 60_000);

  it('are followed no more once the client is gone', async () => {
    closeAll(5_000);
    const two = [await follow(), await follow()];
    await followed(2);
    await Promise.all(two.map((client) => client.stop()));
    await waitFor(() => Object.values(logs).every(({ followers }) => followers === 0), {
      deadlineMs,
      what: 'the upstream streams to end',
    });
  }, 60_000);

  it('page backwards through every event once', async () => {
    const all: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const response = await fetch(`${server}/events?backwards=true&limit=50${more}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(response.status).toBe(200);
      const page = (await response.json()) as { items: { context: string; position: number }[]; next: string | null };
      all.push(...page.items.map(({ context, position }) => `${context}:${position}`));
      cursor = page.next;
    }
    const total = Object.values(logs).reduce((sum, { events }) => sum + events.length, 0);
    expect(new Set(all).size).toBe(total);
    expect(all.length).toBe(total);
  }, 40_000);
});
