import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { sendEvents } from './send.ts';

it('pings a client to whom nothing happens, and ends where its source fails', async () => {
  const failures: unknown[] = [];
  const broken = Promise.withResolvers<never>();
  const source = async function* () {
    yield await broken.promise;
  };
  const server = createServer((_request, response) => {
    void sendEvents(response, { machine: 0, resource: 0, service: 0 }, source, {
      failed: (error) => failures.push(error),
      pingEveryMs: 20,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk as Uint8Array);
      if (text.includes(': ping\n\n: ping\n\n')) broken.reject(new Error('broken'));
    }
    expect(text.startsWith(': connected\n\n')).toBe(true);
    expect(failures).toEqual([new Error('broken')]);
  } finally {
    server.close();
  }
}, 20_000);
