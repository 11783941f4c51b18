import { contextNames, type ContextName } from '@yiqiu/kernel';
import pg from 'pg';

export interface PrepareOptions {
  /** Default `yiqiu`. */
  readonly database?: string;
  /** Which contexts to make room for, with the password of each one's role. */
  readonly contexts: { readonly [context in ContextName]?: { readonly password: string } };
}

export type ContextUrls = { readonly [context in ContextName]?: string };

const databasePattern = /^[a-z][a-z0-9_]{0,39}$/;

/** Of a context: it owns its schema and sees no other. */
export const roleOf = (context: ContextName): string => `yiqiu_${context}`;

/**
 * Makes the database, a role for each context and its schema, or sets right what is there; may run any number of times and
 * several at once. For the bootstrap on one machine: in production the operator makes the same (deploy/). Gives each
 * context's URL.
 */
export const prepareDatabase = async (
  adminUrl: string,
  { database = 'yiqiu', contexts }: PrepareOptions,
): Promise<ContextUrls> => {
  if (!databasePattern.test(database))
    throw new RangeError(`database ${JSON.stringify(database)} is not ${databasePattern.source}`);
  await withClient(adminUrl, async (client) => {
    await lock(client);
    await makeDatabase(client, database);
    for (const context of contextNames) {
      const role = contexts[context];
      if (role !== undefined) await makeRole(client, database, context, role.password);
    }
  });
  const urls: { [context in ContextName]?: string } = {};
  await withClient(withDatabase(adminUrl, database), async (client) => {
    await lock(client);
    await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    for (const context of contextNames) {
      const role = contexts[context];
      if (role === undefined) continue;
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${context} AUTHORIZATION ${roleOf(context)}`);
      urls[context] = urlOf(adminUrl, database, roleOf(context), role.password);
    }
  });
  return urls;
};

/** CREATE ROLE and CREATE DATABASE know no IF NOT EXISTS; the look and the making are one under this lock. */
const lock = async (client: pg.Client): Promise<void> => {
  await client.query(`SELECT pg_advisory_lock(hashtext('yiqiu prepare database'))`);
};

const makeDatabase = async (client: pg.Client, database: string): Promise<void> => {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${database} TEMPLATE template0 ENCODING 'UTF8'`);
  await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
};

const makeRole = async (client: pg.Client, database: string, context: ContextName, password: string): Promise<void> => {
  const role = roleOf(context);
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(
    `${verb} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ${client.escapeLiteral(password)}`,
  );
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${role}`);
  await client.query(`ALTER ROLE ${role} IN DATABASE ${database} SET search_path = ${context}`);
};

const withClient = async (url: string, use: (client: pg.Client) => Promise<void>): Promise<void> => {
  const client = new pg.Client({ connectionString: url, application_name: 'yiqiu-prepare' });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
};

const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
};

const urlOf = (adminUrl: string, database: string, user: string, password: string): string => {
  const url = new URL(withDatabase(adminUrl, database));
  url.username = user;
  url.password = encodeURIComponent(password);
  return url.href;
};
