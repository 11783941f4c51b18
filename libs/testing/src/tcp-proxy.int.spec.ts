import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tcpProxy, waitFor, type TcpProxy } from './index.ts';

describe('tcpProxy', () => {
  let server: Server;
  let received = '';
  let proxy: TcpProxy;
  let client: Socket;
  let answers = '';
  let closed = false;

  const open = (): void => {
    client = connect({ host: proxy.host, port: proxy.port });
    client.on('error', () => undefined);
    client.on('data', (bytes) => {
      answers += bytes.toString();
    });
    client.on('close', () => {
      closed = true;
    });
  };

  beforeEach(async () => {
    [received, answers, closed] = ['', '', false];
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        received += bytes.toString();
        socket.write(`<${bytes.toString()}>`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    proxy = await tcpProxy(typeof address === 'object' && address !== null ? address.port : 0);
    open();
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    server.close();
  });

  const soon = (condition: () => boolean): Promise<true> =>
    waitFor(condition, { deadlineMs: 5_000, what: 'the other side' });

  it('passes bytes both ways', async () => {
    client.write('hello');
    await soon(() => answers === '<hello>');
    expect(proxy.connections).toBe(1);
  });

  it('cuts before the server has the bytes', async () => {
    const cut = proxy.cutOn('COMMIT', 'before');
    client.write('BEGIN;');
    await soon(() => answers === '<BEGIN;>');
    client.write('COMMIT');
    await cut;
    await soon(() => closed);
    expect(received).toBe('BEGIN;');
  });

  it('cuts on bytes that come in two pieces', async () => {
    const cut = proxy.cutOn('COMMIT', 'before');
    client.write('COM');
    await soon(() => received === 'COM');
    client.write('MIT');
    await cut;
    expect(received).toBe('COM');
  });

  it('cuts after the server has the bytes', async () => {
    const cut = proxy.cutOn('COMMIT', 'passed');
    client.write('COMMIT');
    await cut;
    await soon(() => closed && received === 'COMMIT');
  });

  it('cuts after the server has answered, and keeps the answer back', async () => {
    const cut = proxy.cutOn('COMMIT', 'answered', 'MIT>');
    client.write('COMMIT');
    await cut;
    await soon(() => closed);
    expect(received).toBe('COMMIT');
    expect(answers).toBe('');
  });

  it('cuts one connection, the next one is served', async () => {
    const cut = proxy.cutOn('COMMIT', 'before');
    client.write('COMMIT');
    await cut;
    await soon(() => closed);
    open();
    client.write('COMMIT');
    await soon(() => answers === '<COMMIT>');
  });

  it('stalls and goes on', async () => {
    client.write('a');
    await soon(() => answers === '<a>');
    proxy.stall();
    client.write('b');
    const other = connect({ host: proxy.host, port: proxy.port });
    other.write('c');
    await once(other, 'connect');
    expect(received).toBe('a');
    proxy.resume();
    await soon(() => received.includes('b') && received.includes('c'));
    other.destroy();
  });
});
