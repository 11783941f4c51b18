import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.ts';
import { errorCode } from '../error-code.ts';

const run = promisify(execFile);

/** Whom PostgreSQL runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Flags of setpriv(1); empty where we are not root and it runs as we do. */
  readonly privileges: readonly string[];
}

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Accounts to drop to, in this order; PostgreSQL wants one with an entry in the user database. */
const accountNames = ['postgres', 'nobody'];

/**
 * Lets a process look into directories that are root's alone (mode 0700), and no more. The secure bit keeps access(2) from
 * leaving the capability out, with which initdb and postgres look at their own binaries.
 */
const readSearch = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search', '--securebits=+no_setuid_fixup'];

/**
 * PostgreSQL refuses root, so as root it runs as the data directory's owner, else as `postgres`, else as `nobody`. Where
 * the installation or the data lie below a directory which that account may not enter, it gets the one capability to do
 * so (CAP_DAC_READ_SEARCH). Throws where that does not help either.
 */
export const postgresAccount = async (binaries: PostgresBinaries, dataDir: string): Promise<Account> => {
  if (process.getuid?.() !== 0) return { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1, privileges: [] };
  const entry = chooseEntry(dataDir);
  const drop = [`--reuid=${entry.uid}`, `--regid=${entry.gid}`, '--clear-groups'];
  for (const privileges of [drop, [...drop, ...readSearch]]) {
    if (await reaches(privileges, binaries, dirname(dataDir))) return { uid: entry.uid, gid: entry.gid, privileges };
  }
  throw new Error(
    `PostgreSQL does not run as root, and user ${entry.name} reaches ${binaries.postgres} or ${dirname(dataDir)} neither by itself ` +
      'nor with CAP_DAC_READ_SEARCH: make every directory on the way executable for others (chmod o+x)',
  );
};

const chooseEntry = (dataDir: string): PasswdEntry => {
  const entries = readPasswd();
  if (existsSync(dataDir)) {
    const owner = statSync(dataDir).uid;
    const entry = entries.find(({ uid }) => uid === owner && uid !== 0);
    if (entry !== undefined) return entry;
  }
  for (const name of accountNames) {
    const entry = entries.find((candidate) => candidate.name === name);
    if (entry !== undefined) return entry;
  }
  throw new Error(
    `PostgreSQL does not run as root, and none of the users ${accountNames.join(', ')} is in /etc/passwd`,
  );
};

const readPasswd = (): PasswdEntry[] =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));

const reaches = async (privileges: readonly string[], binaries: PostgresBinaries, parent: string): Promise<boolean> => {
  const test = ['test', '-x', binaries.postgres, '-a', '-r', binaries.shareProbe, '-a', '-x', parent];
  try {
    await run('setpriv', [...privileges, '--', ...test]);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw new Error('setpriv(1) of util-linux is needed to run PostgreSQL from root', { cause: error });
    }
    return false;
  }
};
