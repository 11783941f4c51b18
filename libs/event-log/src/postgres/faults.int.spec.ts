import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, tcpProxy, waitFor, type TcpProxy, type TestPostgres } from '@yiqiu/testing';
import pg from 'pg';
import { batch, collect, encoded, encodedAfter, fill, positionsOf, range } from '../contract/index.fixture.ts';
import { NotAppendedError, UnknownOutcomeError } from '../port.ts';
import { openPostgresLog, type PostgresLog } from './index.ts';
import { freshSchema, queryRows } from './under-test.fixture.ts';

/** PostgreSQL's ReadyForQuery, idle: the transaction is over. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
/** Stands in the data of the event whose append is to be lost. */
const marker = 'lose-me-here';

let server: TestPostgres;
let url = '';
beforeAll(async () => {
  server = await startPostgres();
  url = await server.createDatabase();
}, 60_000);
afterAll(() => server.stop(), 30_000);

describe('a connection lost around COMMIT', () => {
  let proxy: TcpProxy;
  let schema = '';
  let log: PostgresLog;
  let epoch = 0;
  beforeEach(async () => {
    proxy = await tcpProxy(server.port);
    schema = freshSchema();
    const through = new URL(url);
    through.port = String(proxy.port);
    log = await openPostgresLog({
      connection: through.href,
      context: 'service',
      schema,
      queryTimeoutMs: 2_000,
      onWarning: () => undefined,
    });
    epoch = await fill(log, 3);
  });
  afterEach(async () => {
    await log.close();
    await proxy.close();
  });

  const marked = () => batch([encoded(4, { data: { marker } })]);

  it('after the server committed: unknown, and the take-over finds it stored', async () => {
    const cut = proxy.cutOn(marker, 'answered', readyForQuery);
    const appending = log.append(3, epoch, marked());
    await expect(appending).rejects.toThrow(UnknownOutcomeError);
    await cut;
    const head = await log.takeOver();
    expect(head).toMatchObject({ position: 4, epoch: epoch + 1 });
    expect(await positionsOf(log.read(1))).toEqual(range(1, 4));
    expect(await log.append(4, head.epoch, batch(encodedAfter(4, 1)))).toEqual({ outcome: 'appended', position: 5 });
  });

  it('before the server had it: unknown, and the take-over finds it not stored', async () => {
    const cut = proxy.cutOn(marker, 'before');
    await expect(log.append(3, epoch, marked())).rejects.toThrow(UnknownOutcomeError);
    await cut;
    const head = await log.takeOver();
    expect(head).toMatchObject({ position: 3, epoch: epoch + 1 });
    expect(await log.append(3, head.epoch, marked())).toEqual({ outcome: 'appended', position: 4 });
  });

  it('while the server still works on it: the take-over waits for it', async () => {
    const blocker = new pg.Client({ connectionString: url });
    await blocker.connect();
    await blocker.query(`BEGIN`);
    await blocker.query(`SELECT FROM ${schema}.head FOR UPDATE`);
    const cut = proxy.cutOn(marker, 'passed');
    await expect(log.append(3, epoch, marked())).rejects.toThrow(UnknownOutcomeError);
    await cut;
    await locksWaited(1);
    const takingOver = log.takeOver();
    await locksWaited(2);
    await blocker.query('COMMIT');
    await blocker.end();
    expect(await takingOver).toMatchObject({ position: 4, epoch: epoch + 1 });
    expect(await positionsOf(log.read(4))).toEqual([4]);
  });

  it('without an answer in time: unknown', async () => {
    proxy.stall();
    await expect(log.append(3, epoch, marked())).rejects.toThrow(UnknownOutcomeError);
    proxy.resume();
    const head = await waitFor(() => log.takeOver(), { deadlineMs: 10_000, what: 'the server' });
    expect((await collect(log.read(1))).length).toBe(head.position);
  });

  it('before anything was sent: not appended', async () => {
    await proxy.close();
    await waitFor(() => proxy.connections === 0, { deadlineMs: 5_000, what: 'connections to end' });
    const appending = waitFor(
      async () => {
        const error = await log.append(3, epoch, marked()).catch((thrown: unknown) => thrown);
        return error instanceof NotAppendedError ? error : false;
      },
      // The pool may first hand out the connection that has just died.
      { deadlineMs: 5_000, what: 'a definite failure' },
    );
    expect((await appending).message).toMatch(/no connection/);
    expect(await queryRows(url, `SELECT position::int FROM ${schema}.head`)).toEqual([{ position: 3 }]);
  });

  /** Sessions that wait for the head row's lock. */
  const locksWaited = (count: number): Promise<true> =>
    waitFor(
      async () => {
        const [row] = await queryRows(
          url,
          `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'yiqiu-service-log'`,
        );
        return Number(row?.['waiting']) >= count;
      },
      { deadlineMs: 5_000, what: `${count} sessions to wait for the head row` },
    );
});

describe('a batch that the database refuses', () => {
  it('is definitely not appended, and the next one is', async () => {
    const schema = freshSchema();
    const log = await openPostgresLog({ connection: url, context: 'service', schema });
    const epoch = await fill(log, 2);
    await queryRows(url, `ALTER TABLE ${schema}.event ADD CONSTRAINT refuse CHECK (body NOT LIKE '%${marker}%')`);
    const refused = log.append(2, epoch, batch([encoded(3), encoded(4, { data: { marker } })]));
    await expect(refused).rejects.toThrow(NotAppendedError);
    expect((await log.head()).position).toBe(2);
    expect(await log.append(2, epoch, batch([encoded(3)]))).toEqual({ outcome: 'appended', position: 3 });
    await log.close();
  });

  it('is one whose position is taken although the head says otherwise', async () => {
    const schema = freshSchema();
    const log = await openPostgresLog({ connection: url, context: 'service', schema });
    const epoch = await fill(log, 2);
    await queryRows(
      url,
      `INSERT INTO ${schema}.event SELECT 3, stream, 3, type, time_ms, body, leaf FROM ${schema}.event WHERE position = 2`,
    );
    await expect(log.append(2, epoch, batch([encoded(3)]))).rejects.toThrow(NotAppendedError);
    expect((await log.head()).position).toBe(2);
    await log.close();
  });
});

describe('a server that restarts', () => {
  it('is found again by every part of the log', async () => {
    const own = await startPostgres();
    const connection = await own.createDatabase('log');
    const warnings: string[] = [];
    const log = await openPostgresLog({
      connection,
      context: 'service',
      onWarning: (message) => warnings.push(message),
    });
    const epoch = await fill(log, 5);
    const controller = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const { position } of log.subscribe(1, { signal: controller.signal, pollMs: 600_000 }))
        seen.push(position);
    })();
    await waitFor(() => seen.length === 5, { deadlineMs: 10_000, what: 'the subscription' });

    await own.process.kill();
    await expect(log.head()).rejects.toThrow();
    const { dataDir, port, password } = own;
    const again = await startPostgres({ dataDir, port, password });

    const head = await waitFor(() => log.takeOver(), { deadlineMs: 20_000, what: 'the log to reach the server again' });
    expect(head).toMatchObject({ position: 5, epoch: epoch + 1 });
    // By another process, so that only NOTIFY, heard by the new LISTEN connection, can wake the subscription.
    await listens(connection);
    const other = await openPostgresLog({ connection, context: 'service' });
    expect(await other.append(5, head.epoch, batch(encodedAfter(5, 3)))).toEqual({ outcome: 'appended', position: 8 });
    await waitFor(() => seen.length === 8, { deadlineMs: 20_000, what: 'the subscription to go on' });
    expect(seen).toEqual(range(1, 8));
    expect(warnings).toContain('the LISTEN connection was lost');

    controller.abort();
    await following;
    await Promise.all([log.close(), other.close()]);
    await again.stop();
    await own.stop();
  }, 90_000);

  const listens = (connection: string): Promise<true> =>
    waitFor(
      async () => {
        const rows = await queryRows(connection, `SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN %'`);
        return rows.length > 0;
      },
      { deadlineMs: 20_000, what: 'a LISTEN connection' },
    );
});
