import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort, waitFor } from '@yiqiu/testing';
import { startPlatform, type TestPlatform } from '../fixtures/nats.fixture.ts';
import { connectNats, type NatsLink } from './connect.ts';
import { NoAnswerError, request } from './request.ts';

jest.setTimeout(60_000);

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const connect = async (more: Partial<Parameters<typeof connectNats>[0]> = {}): Promise<NatsLink> =>
  connectNats({
    name: 'gateway',
    servers: platform.url,
    credentials: await platform.authority.mintService('gateway'),
    ...more,
  });

describe('a connection', () => {
  it('is given up at its deadline, with where and why', async () => {
    const servers = [`127.0.0.1:${await freePort()}`];
    const failed = connect({ servers, connectDeadlineMs: 600 });
    await expect(failed).rejects.toThrow(`gateway is not connected to NATS at ${servers[0]} after 600 ms`);
    await expect(failed).rejects.toMatchObject({ cause: { message: expect.stringMatching(/refused/i) } });
  });

  it('waits for a server that comes later', async () => {
    await platform.kill();
    const coming = connect();
    await platform.start();
    const link = await coming;
    expect(link.status()).toBe('connected');
    await link.close();
    expect(link.status()).toBe('closed');
    await link.close();
  });

  it('restores itself, and tells', async () => {
    const link = await connect();
    const seen: string[] = [];
    const end = link.onStatus((status) => seen.push(status));
    await platform.kill();
    await waitFor(() => link.status() === 'disconnected', { deadlineMs: 5_000, what: 'the loss' });
    await platform.start();
    await waitFor(() => link.status() === 'connected', { deadlineMs: 20_000, what: 'the connection' });
    expect(seen).toEqual(['disconnected', 'connected']);
    end();
    await link.close();
    expect(seen).toHaveLength(2);
  });

  it('closes in bounded time also without a server, and answers nothing after', async () => {
    const link = await connect();
    await platform.kill();
    await waitFor(() => link.status() === 'disconnected', { deadlineMs: 5_000, what: 'the loss' });
    const from = performance.now();
    await link.close();
    expect(performance.now() - from).toBeLessThan(7_000);
    await expect(request(link.connection, 'x', new Uint8Array(), { timeoutMs: 100 })).rejects.toThrow(NoAnswerError);
    await platform.start();
  });
});
