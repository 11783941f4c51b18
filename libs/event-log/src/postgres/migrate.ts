import pg from 'pg';
import { EventLog1764000000001 } from './migrations/001-event-log.ts';
import { CommandAge1764000000002 } from './migrations/002-command-age.ts';
import type { ResolvedOptions } from './options.ts';
import { createHead } from './sql/create-head.ts';

/** In the order in which they are run. */
const migrations = [EventLog1764000000001, CommandAge1764000000002];
/** Its own, so that an application's migrations in the same schema keep theirs. */
const migrationsTable = 'event_log_migration';
/** A migration may rewrite a large table. */
const migrationTimeoutMs = 60 * 60 * 1_000;

/**
 * Makes the schema and its tables, or brings them up to date, and puts in the head row with a new lineage where there is
 * none. Replicas that start at once wait for each other. TypeORM is loaded only where there is one to run: it costs
 * half a second and much memory.
 */
export const migrateLog = async (options: ResolvedOptions): Promise<void> => {
  const { schema, context } = options;
  const client = new pg.Client({ ...options.pool, query_timeout: migrationTimeoutMs });
  client.on('error', (error) => options.warn('the connection that guards the migration was lost', error));
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(hashtext('yiqiu event log'), hashtext($1::text))`, [schema]);
    await makeSchema(client, schema);
    if (!(await isUpToDate(client, schema))) await runMigrations(options);
    await createHead(client, context);
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
};

/** In production the schema is the operator's to make, and the role may not; so only where it is missing. */
const makeSchema = async (client: pg.Client, schema: string): Promise<void> => {
  const { rows } = await client.query<{ readonly there: boolean }>(`SELECT to_regnamespace($1) IS NOT NULL AS there`, [
    schema,
  ]);
  if (rows[0]?.there !== true) await client.query(`CREATE SCHEMA ${schema}`);
};

const isUpToDate = async (client: pg.Client, schema: string): Promise<boolean> => {
  const table = `${schema}.${migrationsTable}`;
  const { rows } = await client.query<{ readonly there: boolean }>(`SELECT to_regclass($1) IS NOT NULL AS there`, [
    table,
  ]);
  if (rows[0]?.there !== true) return false;
  const done = await client.query<{ readonly name: string }>(`SELECT name FROM ${table}`);
  const names = new Set(done.rows.map(({ name }) => name));
  return migrations.every((Migration) => names.has(new Migration().name));
};

const runMigrations = async ({ schema, pool }: ResolvedOptions): Promise<void> => {
  const { DataSource } = await import('typeorm');
  const source = new DataSource({
    type: 'postgres',
    schema,
    extra: { ...pool, query_timeout: migrationTimeoutMs, max: 1 },
    migrations,
    migrationsTableName: migrationsTable,
    migrationsTransactionMode: 'each',
  });
  await source.initialize();
  try {
    await source.runMigrations();
  } finally {
    await source.destroy();
  }
};
