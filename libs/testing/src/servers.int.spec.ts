import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect as connectNats } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { isPaused, isRunning, waitFor } from '@yiqiu/processes';
import { existsSync } from 'node:fs';
import pg from 'pg';
import { startNats, startPostgres, type TestNats, type TestPostgres } from './index.ts';

const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
};

describe('startPostgres', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  it('is a PostgreSQL 18 that keeps what it committed', async () => {
    const [row] = await query(
      server.url,
      `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('fsync') AS fsync,
              current_setting('synchronous_commit') AS sync`,
    );
    expect(row).toEqual({ major: 18, fsync: 'on', sync: 'on' });
    expect(server.port).toBeLessThan(32_768);
  });

  it('makes databases', async () => {
    const url = await server.createDatabase();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses another password', async () => {
    const wrong = server.url.replace(server.password, 'wrong');
    await expect(query(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('is paused with its backends, and goes on', async () => {
    server.process.pause();
    const pids = server.process.pids();
    expect(pids.length).toBeGreaterThan(3);
    await waitFor(() => pids.every(isPaused), { deadlineMs: 5_000, what: 'all of PostgreSQL to stand still' });
    server.process.resume();
    await waitFor(() => !pids.some(isPaused), { deadlineMs: 5_000, what: 'all of PostgreSQL to go on' });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('comes back with its data after a kill, on the same place', async () => {
    const url = await server.createDatabase('kept');
    await query(url, 'CREATE TABLE t AS SELECT 7 AS n');
    await server.process.kill();
    const { dataDir, port, password } = server;
    const first = server;
    const again = await startPostgres({ dataDir, port, password });
    server = { ...again, stop: async () => (await again.stop(), first.stop()) };
    expect(await query(url, 'SELECT n FROM t')).toEqual([{ n: 7 }]);
  }, 60_000);

  it('leaves nothing behind', async () => {
    const other = await startPostgres();
    const { identity } = other.process;
    await other.stop();
    expect(isRunning(identity)).toBe(false);
    expect(existsSync(other.dataDir)).toBe(false);
  }, 60_000);
});

describe('startNats', () => {
  let server: TestNats;
  beforeAll(async () => {
    server = await startNats();
  }, 60_000);
  afterAll(() => server.stop());

  it('has JetStream, and keeps a stream over a kill', async () => {
    const nc = await connectNats({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    const manager = await jetstreamManager(nc, { timeout: 500 });
    await manager.streams.add({ name: 'S', subjects: ['s.>'] });
    await jetstream(nc).publish('s.1', 'one');
    await server.process.kill();
    const first = server;
    const again = await startNats({ storeDir: first.storeDir, port: first.port });
    server = { ...again, stop: async () => (await again.stop(), first.stop()) };
    const info = await waitFor(() => manager.streams.info('S'), { deadlineMs: 10_000, what: 'the stream' });
    expect(info.state.messages).toBe(1);
    await nc.close();
  }, 60_000);

  it('takes a configuration, and fails loudly on a wrong one', async () => {
    await expect(startNats({ config: () => 'port: nonsense' })).rejects.toThrow(/nats-server on port \d+ ended/);
  }, 60_000);
});
