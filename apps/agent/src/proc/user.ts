import { readFileSync, statSync } from 'node:fs';
import { through, type Passage } from './passage.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** Where a directory above the agent's root is closed to it. */
  readonly passage?: Passage | null;
}

/** The account of that name in /etc/passwd, or null. */
export const findAccount = (name: string): Account | null =>
  accounts().find((account) => account.name === name) ?? null;

/** Who the agent itself runs as. */
export const ownAccount = (): Account => {
  const uid = process.geteuid?.() ?? 0;
  return (
    accounts().find((account) => account.uid === uid) ?? {
      name: String(uid),
      uid,
      gid: process.getegid?.() ?? 0,
      home: '/',
    }
  );
};

/**
 * The account that something is to run as. An agent that is not root runs what is declared for root as itself; another
 * user it cannot become. Throws where the user does not exist or cannot be taken.
 */
export const runAccount = (name: string, own: Account = ownAccount()): Account => {
  if (name === own.name) return own;
  if (own.uid !== 0) {
    if (name === 'root') return own;
    throw new Error(`cannot run as user ${name}: the agent runs as ${own.name}, only root may change the user`);
  }
  const account = findAccount(name);
  if (account === null) throw new Error(`user ${name} does not exist on this machine: hook install is to create it`);
  return account;
};

/** What goes before a command so that it runs as that account. Empty where the agent is it. */
export const asAccount = (account: Account, own: Account = ownAccount()): string[] =>
  account.uid === own.uid
    ? []
    : [
        ...(account.passage ? through(account.passage) : []),
        'setpriv',
        `--reuid=${account.uid}`,
        `--regid=${account.gid}`,
        '--init-groups',
        '--',
      ];

const passwd = '/etc/passwd';
let known: { readonly of: string; readonly accounts: readonly Account[] } | null = null;

/** As the file is now; read again where it was written or replaced since. */
const accounts = (): readonly Account[] => {
  const { mtimeNs, ctimeNs, ino, size } = statSync(passwd, { bigint: true });
  const of = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  if (known?.of !== of) known = { of, accounts: readAccounts() };
  return known.accounts;
};

const readAccounts = (): Account[] =>
  readFileSync(passwd, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 6)
    .map(([name = '', , uid, gid, , home = '/']) => ({ name, uid: Number(uid), gid: Number(gid), home }));
