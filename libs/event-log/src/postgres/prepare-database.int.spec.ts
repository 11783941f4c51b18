import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@yiqiu/testing';
import { batch, encodedAfter } from '../contract/index.fixture.ts';
import { openPostgresLog, prepareDatabase } from './index.ts';
import { freshSchema, queryRows } from './under-test.fixture.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.stop(), 30_000);

const contexts = {
  machine: { password: 'm/@:%?#\'" p' },
  resource: { password: 'r' },
  service: { password: 's' },
};

const prepare = async () => {
  const urls = await prepareDatabase(server.url, { contexts });
  const { machine, resource, service } = urls;
  if (machine === undefined || resource === undefined || service === undefined) throw new Error('a URL is missing');
  return { machine, resource, service };
};

describe('prepareDatabase', () => {
  it('may run again and several at once', async () => {
    const all = await Promise.all([prepare(), prepare(), prepare()]);
    expect(new Set(all.map((urls) => JSON.stringify(urls))).size).toBe(1);
    expect(await prepare()).toEqual(all[0]);
  }, 30_000);

  it('gives each context a role that opens its own log and sees no other', async () => {
    const urls = await prepare();
    const machine = await openPostgresLog({ connection: urls.machine, context: 'machine' });
    const service = await openPostgresLog({ connection: urls.service, context: 'service' });
    expect((await machine.head()).lineage).not.toBe((await service.head()).lineage);
    const { epoch } = await machine.takeOver();
    expect((await machine.append(0, epoch, batch(encodedAfter(0, 1)))).outcome).toBe('appended');
    await expect(queryRows(urls.service, 'SELECT * FROM machine.event')).rejects.toThrow(/permission denied/);
    await expect(queryRows(urls.service, 'CREATE TABLE public.t ()')).rejects.toThrow(/permission denied/);
    await expect(queryRows(urls.service, 'CREATE SCHEMA other')).rejects.toThrow(/permission denied/);
    await Promise.all([machine.close(), service.close()]);
  }, 30_000);

  it('sets a new password', async () => {
    const before = await prepare();
    const after = await prepareDatabase(server.url, { contexts: { resource: { password: 'new' } } });
    await expect(queryRows(before.resource, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect(await queryRows(after.resource ?? '', 'SELECT current_user AS role')).toEqual([{ role: 'yiqiu_resource' }]);
  }, 30_000);

  it('refuses a database name that needs quoting', async () => {
    await expect(prepareDatabase(server.url, { database: 'a"; DROP', contexts: {} })).rejects.toThrow(RangeError);
  });
});

describe('openPostgresLog', () => {
  it('migrates once, however many open at once, and keeps the lineage', async () => {
    const connection = await server.createDatabase();
    const logs = await Promise.all([1, 2, 3].map(() => openPostgresLog({ connection, context: 'service' })));
    const lineages = new Set(await Promise.all(logs.map(async (log) => (await log.head()).lineage)));
    expect(lineages.size).toBe(1);
    expect(await queryRows(connection, 'SELECT count(*)::int AS ran FROM service.event_log_migration')).toEqual([
      { ran: 2 },
    ]);
    await Promise.all(logs.map((log) => log.close()));
  }, 30_000);

  it('runs what a log of an older version lacks', async () => {
    const connection = await server.createDatabase();
    await (await openPostgresLog({ connection, context: 'service' })).close();
    await queryRows(connection, 'DROP INDEX service.command_at_ix');
    await queryRows(connection, `DELETE FROM service.event_log_migration WHERE name = 'CommandAge1764000000002'`);
    await (await openPostgresLog({ connection, context: 'service' })).close();
    expect(await queryRows(connection, `SELECT to_regclass('service.command_at_ix')::text AS found`)).toEqual([
      { found: 'service.command_at_ix' },
    ]);
  }, 30_000);

  it('names every constraint and index', async () => {
    const connection = await server.createDatabase();
    const log = await openPostgresLog({ connection, context: 'service' });
    await log.close();
    const rows = await queryRows(
      connection,
      `SELECT conname AS name FROM pg_constraint WHERE connamespace = 'service'::regnamespace AND contype <> 'n'
        UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'service' ORDER BY 1`,
    );
    const ours = rows.map(({ name }) => String(name)).filter((name) => !name.startsWith('PK_'));
    expect(ours).toEqual([
      'blob_chunk_blob_fk',
      'blob_chunk_pk',
      'blob_pk',
      'command_at_ix',
      'command_pk',
      'command_positions_ck',
      'event_pk',
      'event_stream_ix',
      'event_time_ix',
      'event_type_ix',
      'head_epoch_ck',
      'head_lease_ck',
      'head_one_ck',
      'head_pk',
      'head_position_ck',
      'snapshot_chunk_pk',
      'snapshot_chunk_snapshot_fk',
      'snapshot_pk',
    ]);
  }, 30_000);

  it('gives a new lineage when asked, and fences the writer of the old one', async () => {
    const connection = await server.createDatabase();
    const log = await openPostgresLog({ connection, context: 'service' });
    const before = await log.takeOver();
    const after = await log.renewLineage();
    expect(after.lineage).not.toBe(before.lineage);
    expect((await log.append(0, before.epoch, batch(encodedAfter(0, 1)))).outcome).toBe('fenced');
    await log.close();
  }, 30_000);

  it('refuses another context’s schema, a server that is not durable, and a schema that needs quoting', async () => {
    const connection = await server.createDatabase();
    const schema = freshSchema();
    const log = await openPostgresLog({ connection, context: 'service', schema });
    await log.close();
    await expect(openPostgresLog({ connection, context: 'machine', schema })).rejects.toThrow(
      /holds the log of service, not of machine/,
    );
    const weak = { connectionString: connection, options: '-c synchronous_commit=off' };
    await expect(openPostgresLog({ connection: weak, context: 'service', schema })).rejects.toThrow(
      /synchronous_commit is off/,
    );
    await expect(openPostgresLog({ connection, context: 'service', schema: 'a b' })).rejects.toThrow(RangeError);
  }, 30_000);

  it('says what is missing where the log was never made', async () => {
    const connection = await server.createDatabase();
    await expect(openPostgresLog({ connection, context: 'service', migrate: false })).rejects.toThrow(
      /"head" does not exist/,
    );
  });
});
