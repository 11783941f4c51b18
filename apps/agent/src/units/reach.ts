import { statSync } from 'node:fs';
import { execCheck } from '../health/index.ts';
import { above, ownAccount, type Account } from '../proc/index.ts';

const checkMs = 10_000;

/** Prints the first of its arguments that is a directory which it may not pass. */
const script = 'for d do [ -x "$d" ] || { printf %s "$d"; exit 1; }; done';

/**
 * Why the account cannot reach the unit's home, or null. Asked of the machine itself, as that account, for access has more to
 * it than permission bits.
 */
export const reachFault = async (home: string, account: Account): Promise<string | null> => {
  // The agent itself is there.
  if (account.uid === ownAccount().uid) return null;
  const led = await firstClosed(home, account);
  if (led.closed === null) return null;
  if (led.closed !== '' || account.passage == null) return faultOf(home, account, led.closed, '');
  // It could not be led: by which directory it is stopped without that, its people can change.
  const { closed } = await firstClosed(home, { ...account, passage: null });
  return closed === null ? null : faultOf(home, account, closed, `; ${led.message}`);
};

const firstClosed = async (home: string, account: Account): Promise<{ closed: string | null; message: string }> => {
  const argv = ['/bin/sh', '-c', script, 'sh', ...above(home), home];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const { exitCode, stdout, message } = await execCheck({ argv, cwd: home, env, account, timeoutMs: checkMs });
  return { closed: exitCode === 0 ? null : stdout, message };
};

const faultOf = (home: string, { name }: Account, closed: string, more: string): string => {
  if (closed === '') return `user ${name} cannot be asked whether it reaches ${home}${more}`;
  const { mode, uid, gid } = statSync(closed);
  const bits = (mode & 0o7777).toString(8).padStart(4, '0');
  return (
    `user ${name} cannot reach the unit's home ${home}: directory ${closed} (mode ${bits} of ${uid}:${gid}) is closed to it; ` +
    `put the agent's root elsewhere, open that directory (chmod o+x), or let the program run as root${more}`
  );
};
