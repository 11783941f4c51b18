import { startPostgresServer, type SupervisedProcess } from '@yiqiu/processes';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { onFreePort } from './on-free-port.ts';
import { orRemove, tempDir } from './temp-dir.ts';

export interface StartPostgresOptions {
  /** Default: a new temporary one, removed by `stop`. One that is given is kept and needs the `password` it was made with. */
  readonly dataDir?: string;
  readonly password?: string;
  readonly port?: number;
  /** Server settings, as `{ max_connections: '20' }`. */
  readonly settings?: { readonly [name: string]: string };
}

export interface TestPostgres {
  /** The superuser's, database `postgres`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly password: string;
  /** For kill, pause, resume. */
  readonly process: SupervisedProcess;
  /** Makes an empty database and gives its URL. Its name is made up where none is given. */
  createDatabase(name?: string): Promise<string>;
  urlOf(database: string): string;
  /** Ends the server and removes a temporary data directory. */
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL 18 for tests, on 127.0.0.1, durable as in production (fsync and synchronous_commit stay on). It ends
 * with the test process at the latest, however that one ends; call `stop` in `afterAll`.
 */
export const startPostgres = async (options: StartPostgresOptions = {}): Promise<TestPostgres> => {
  const temp = options.dataDir === undefined ? tempDir() : null;
  const dataDir = options.dataDir ?? join(temp?.path ?? '', 'postgres');
  const password = options.password ?? randomBytes(12).toString('hex');
  const server = await orRemove(
    temp,
    onFreePort(options.port, (port) =>
      startPostgresServer({
        dataDir,
        port,
        password,
        endWithParent: true,
        ...(options.settings === undefined ? {} : { settings: options.settings }),
      }),
    ),
  );
  return {
    url: server.url,
    host: server.host,
    port: server.port,
    pid: server.pid,
    dataDir,
    password,
    process: server.process,
    createDatabase: (name = `test_${randomBytes(6).toString('hex')}`) =>
      createDatabase(server.url, server.urlOf(name), name),
    urlOf: (database) => server.urlOf(database),
    stop: async () => {
      await server.stop();
      temp?.remove();
    },
  };
};

const createDatabase = async (adminUrl: string, url: string, name: string): Promise<string> => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return url;
};
