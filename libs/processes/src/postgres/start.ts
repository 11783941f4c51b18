import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { errorCode } from '../error-code.ts';
import { NotReadyError, startUntilReady, type ReadyOptions } from '../ready.ts';
import type { SpawnOptions, SupervisedProcess } from '../supervised.ts';
import { delay } from '../wait-for.ts';
import { postgresAccount } from './account.ts';
import { postgresBinaries } from './binaries.ts';
import { postgresEnv } from './env.ts';
import { initialise, superuser } from './initialise.ts';
import { endLeftOverPostgres } from './left-over.ts';
import { postgresStopSteps } from './stop-steps.ts';

export interface PostgresOptions {
  /** Made where missing; its parent must be ours. */
  readonly dataDir: string;
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The superuser's; set when the cluster is made and needed ever after. */
  readonly password: string;
  /** Default `<dataDir>.log`. */
  readonly logFile?: string;
  /** Server settings over our defaults, as `{ max_connections: '50' }`. */
  readonly settings?: { readonly [name: string]: string };
  /** Default 60 s: a start after a crash replays the WAL. */
  readonly readyDeadlineMs?: number;
  readonly endWithParent?: boolean;
  /** Another installation than the packaged one. */
  readonly binDir?: string;
}

export interface PostgresServer {
  readonly process: SupervisedProcess;
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  /** Of the superuser, database `postgres`. */
  readonly url: string;
  /** The same server and user, another database. */
  urlOf(database: string): string;
  /** Orderly, then harder; resolves when it is gone. */
  stop(): Promise<void>;
}

/** For one machine and a few services; durability stays as PostgreSQL ships it. */
const defaultSettings: { readonly [name: string]: string } = {
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %u@%d ',
};

/** What a killed server's backends hold for a moment after it. */
const stillInUse = /is still in use|pre-existing shared memory block/;

/**
 * Starts the server on a data directory and resolves when it answers. Makes the cluster where there is none, ends a
 * server that an earlier run left on it. Rejects, with the server's last lines, where it ends instead or is not ready in
 * time; nothing is left running then.
 */
export const startPostgresServer = async (options: PostgresOptions): Promise<PostgresServer> => {
  const dataDir = resolve(options.dataDir);
  const { port, password, host = '127.0.0.1' } = options;
  const binaries = postgresBinaries(options.binDir);
  mkdirSync(dirname(dataDir), { recursive: true });
  const account = await postgresAccount(binaries, dataDir);
  await initialise({ binaries, account, dataDir, password });
  await endLeftOverPostgres(dataDir);
  const settings = { ...defaultSettings, listen_addresses: host, port: String(port), ...options.settings };
  const urlOf = (database: string): string =>
    `postgres://${superuser}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
  const url = urlOf('postgres');
  const server = await startPastTheDead(
    {
      name: `PostgreSQL on ${dataDir}, port ${port},`,
      command: binaries.postgres,
      args: ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      env: postgresEnv(),
      logFile: options.logFile ?? `${dataDir}.log`,
      privileges: account.privileges,
      ...(options.endWithParent === true ? { endWithParent: 'SIGINT' as const } : {}),
    },
    {
      probe: async ({ pid }) => isServing(dataDir, pid) && (await answers(url)),
      deadlineMs: options.readyDeadlineMs ?? 60_000,
      stopSteps: postgresStopSteps,
    },
  );
  return { process: server, pid: server.pid, host, port, url, urlOf, stop: () => server.stop(postgresStopSteps) };
};

/** Tries again while a killed server's backends, which end by themselves, still hold its shared memory. */
const startPastTheDead = async (spawn: SpawnOptions, ready: ReadyOptions): Promise<SupervisedProcess> => {
  const end = performance.now() + ready.deadlineMs;
  for (;;) {
    try {
      return await startUntilReady(spawn, ready);
    } catch (error) {
      const passes = error instanceof NotReadyError && stillInUse.test(error.lines) && performance.now() < end;
      if (!passes) throw error;
      await delay(100);
    }
  }
};

/**
 * The lock file's eighth line is the state of the server that its first one names. It proves that it is our server which
 * answers, and not another one on the same port.
 */
const isServing = (dataDir: string, pid: number): boolean => {
  const lock = join(dataDir, 'postmaster.pid');
  if (!existsSync(lock)) return false;
  const lines = readFileSync(lock, 'utf8').split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
};

/** True where a login succeeds. A wrong password is an error at once, since waiting does not mend it. */
const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection cut while the server starts is what we wait out; `connect` and `query` report it too.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if (['28P01', '28000'].includes(errorCode(error) ?? '')) throw error;
    return false;
  } finally {
    await client.end();
  }
};
