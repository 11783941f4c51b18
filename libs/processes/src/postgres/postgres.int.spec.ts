import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import {
  freePort,
  isRunning,
  leftOverPostgres,
  postgresBinaries,
  startPostgresServer,
  type PostgresOptions,
  type PostgresServer,
} from '../index.ts';

const asRoot = process.getuid?.() === 0 ? it : it.skip;

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

/** The checkout itself may lie below a directory that only root can read: then the binaries need the capability. */
const isOpenToAll = (path: string): boolean => {
  const parent = dirname(path);
  return parent === path || ((statSync(parent).mode & 0o001) !== 0 && isOpenToAll(parent));
};

describe('a PostgreSQL server', () => {
  let dir = '';
  let dataDir = '';
  const servers: PostgresServer[] = [];
  beforeEach(() => {
    // mkdtemp makes it 0700: as root, every test here runs below a directory that is root's alone.
    dir = mkdtempSync(join(tmpdir(), 'yiqiu-postgres-'));
    dataDir = join(dir, 'data');
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    rmSync(dir, { recursive: true });
  }, 30_000);

  const start = async (options: Partial<PostgresOptions> = {}): Promise<PostgresServer> => {
    const port = options.port ?? (await freePort());
    const server = await startPostgresServer({ dataDir, password: 'p w/@:', endWithParent: true, ...options, port });
    servers.push(server);
    return server;
  };

  it('takes a password for everybody', async () => {
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await query(server.urlOf('template1'), 'SELECT current_database() AS db')).toEqual([{ db: 'template1' }]);
    await expect(query(server.url.replace(/:[^:@]+@/, ':other@'), 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
    const rules = readFileSync(join(dataDir, 'pg_hba.conf'), 'utf8')
      .split('\n')
      .filter((line) => /^(host|local)/.test(line));
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.every((line) => line.endsWith('scram-sha-256'))).toBe(true);
    expect(readdirSync(dir).sort()).toEqual(['data', 'data.log']);
  }, 60_000);

  it('keeps its data over an orderly stop and over a kill', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE t AS SELECT 1 AS n');
    await first.stop();
    expect(isRunning(first.process.identity)).toBe(false);
    const second = await start();
    await query(second.url, 'UPDATE t SET n = 2');
    await second.process.kill();
    expect(await query((await start()).url, 'SELECT n FROM t')).toEqual([{ n: 2 }]);
  }, 60_000);

  it('ends what an earlier run left on its data, and nothing else', async () => {
    const left = await start();
    expect(leftOverPostgres(dataDir)).toEqual(left.process.identity);
    const again = await start();
    expect(isRunning(left.process.identity)).toBe(false);
    await again.stop();
    expect(leftOverPostgres(dataDir)).toBeNull();
    // The pid in a stale lock file is somebody else's now: here this test's own.
    writeFileSync(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
    expect(leftOverPostgres(dataDir)).toBeNull();
    expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('starts afresh after an initialisation that was killed', async () => {
    mkdirSync(`${dataDir}.making-abc`);
    writeFileSync(join(`${dataDir}.making-abc`, 'PG_VERSION'), 'half');
    await start();
    expect(existsSync(`${dataDir}.making-abc`)).toBe(false);
  }, 60_000);

  it('says what is wrong: a taken port, another version, a wrong password', async () => {
    const first = await start();
    await expect(start({ dataDir: join(dir, 'other'), port: first.port })).rejects.toThrow(/Address already in use/);
    await first.stop();
    await expect(start({ password: 'wrong' })).rejects.toThrow(/password authentication failed/);
    expect(leftOverPostgres(dataDir)).toBeNull();
    writeFileSync(join(dataDir, 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toThrow(/belongs to PostgreSQL 15, the binaries are postgres \(PostgreSQL\) 18/);
  }, 60_000);

  it('takes settings over the defaults', async () => {
    const server = await start({ settings: { max_connections: '7' } });
    expect(await query(server.url, 'SHOW max_connections')).toEqual([{ max_connections: '7' }]);
  }, 60_000);

  asRoot(
    'runs from an installation that is root’s alone to see',
    async () => {
      const native = join(dir, 'native');
      cpSync(dirname(dirname(postgresBinaries().postgres)), native, { recursive: true, verbatimSymlinks: true });
      const server = await start({ binDir: join(native, 'bin') });
      expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).toMatch(/^CapEff:\s+0+4$/m);
      expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    },
    60_000,
  );

  asRoot(
    'has no capability where it needs none',
    async () => {
      const open = mkdtempSync(join(tmpdir(), 'yiqiu-open-'));
      try {
        rmSync(open, { recursive: true });
        mkdirSync(open, { mode: 0o755 });
        const server = await start({ dataDir: join(open, 'data') });
        const isBare = /^CapEff:\s+0+$/m.test(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
        expect(isBare).toBe(isOpenToAll(postgresBinaries().postgres));
        expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0\s/m);
        await server.stop();
      } finally {
        rmSync(open, { recursive: true });
      }
    },
    60_000,
  );
});
