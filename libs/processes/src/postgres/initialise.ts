import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import type { PostgresBinaries } from './binaries.ts';
import { postgresEnv } from './env.ts';

const run = promisify(execFile);
const initdbDeadlineMs = 60_000;

export interface InitialiseOptions {
  readonly binaries: PostgresBinaries;
  readonly account: Account;
  readonly dataDir: string;
  /** The superuser's, see `superuser`. */
  readonly password: string;
}

export const superuser = 'postgres';

/**
 * Makes a cluster in `dataDir` unless there is one. It is made beside and renamed, so what a killed run left half made is
 * never taken for a cluster. Logins over TCP need the password (SCRAM-SHA-256). Gives whether it was made.
 */
export const initialise = async (options: InitialiseOptions): Promise<boolean> => {
  const { binaries, account, dataDir } = options;
  if (existsSync(join(dataDir, 'PG_VERSION'))) {
    await checkVersion(binaries, dataDir);
    return false;
  }
  const parent = dirname(dataDir);
  mkdirSync(parent, { recursive: true });
  await removeLeftovers(parent, basename(dataDir));
  const making = join(parent, `${basename(dataDir)}.making-${randomBytes(6).toString('hex')}`);
  mkdirSync(making, { mode: 0o700 });
  await chown(making, account.uid, account.gid);
  await runInitdb(options, making);
  await rename(making, dataDir);
  return true;
};

const runInitdb = async ({ binaries, account, password }: InitialiseOptions, making: string): Promise<void> => {
  const passwordFile = `${making}.password`;
  const args = [`--pgdata=${making}`, `--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const command = [...args, ...locale, '--no-instructions'];
  const [file, ...rest] =
    account.privileges.length === 0
      ? [binaries.initdb, ...command]
      : ['setpriv', ...account.privileges, '--', binaries.initdb, ...command];
  try {
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    await chown(passwordFile, account.uid, account.gid);
    await run(file, rest, { env: postgresEnv(), cwd: making, timeout: initdbDeadlineMs });
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    const output = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`initdb could not make a cluster in ${making}: ${output}`, { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
  }
};

const removeLeftovers = async (parent: string, name: string): Promise<void> => {
  for (const entry of readdirSync(parent)) {
    if (entry.startsWith(`${name}.making-`)) await rm(join(parent, entry), { recursive: true, force: true });
  }
};

/** PostgreSQL opens only data of its own major version. */
const checkVersion = async (binaries: PostgresBinaries, dataDir: string): Promise<void> => {
  const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = await run(binaries.postgres, ['--version'], { env: postgresEnv() });
  const ours = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
  if (found !== ours) throw new Error(`${dataDir} belongs to PostgreSQL ${found}, the binaries are ${stdout.trim()}`);
};
