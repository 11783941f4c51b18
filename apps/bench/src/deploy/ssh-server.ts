import { isRunning, spawnSupervised } from '@yiqiu/processes';
import { freePort, waitFor } from '@yiqiu/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { sshd } from './tools.ts';

const upDeadlineMs = 10_000;
/** Where sshd of Debian puts its unprivileged part; the package's own start makes it, and ours is none. */
const privilegeSeparation = '/run/sshd';

export interface SshServer {
  readonly port: number;
  /** A key that is let in. */
  readonly keyFile: string;
  /** SIGKILL to it and the sessions it holds: its children. */
  stop(): Promise<void>;
}

/** An sshd of our own with keys of its own, on one port of each address; it knows no other key and no password. */
export const startSshServer = async (dir: string, addresses: readonly string[]): Promise<SshServer> => {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const [hostKey, keyFile] = [join(dir, 'host_key'), join(dir, 'user_key')];
  for (const file of [hostKey, keyFile]) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  const authorized = join(dir, 'authorized_keys');
  copyFileSync(`${keyFile}.pub`, authorized);
  const port = await freePort();
  const config = join(dir, 'sshd_config');
  writeFileSync(config, `${configLines(port, addresses, hostKey, authorized).join('\n')}\n`);
  const isOurs = process.getuid?.() === 0 && !existsSync(privilegeSeparation);
  if (isOurs) mkdirSync(privilegeSeparation, { mode: 0o755 });
  const server = await spawnSupervised({
    name: 'sshd',
    command: sshd,
    args: ['-D', '-e', '-f', config],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    logFile: join(dir, 'sshd.log'),
    endWithParent: 'SIGTERM',
  });
  const stop = async (): Promise<void> => {
    await server.kill();
    if (isOurs) rmdirSync(privilegeSeparation);
  };
  try {
    const isUp = async (): Promise<boolean> => {
      if (!isRunning(server.identity)) throw new Error(`sshd ended: ${readFileSync(server.logFile, 'utf8')}`);
      return (await Promise.all(addresses.map((host) => answers(host, port)))).every(Boolean);
    };
    await waitFor(isUp, { deadlineMs: upDeadlineMs, what: 'sshd to answer' });
    return { port, keyFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const configLines = (port: number, addresses: readonly string[], hostKey: string, authorized: string): string[] => [
  ...addresses.map((address) => `ListenAddress ${address}:${port}`),
  `HostKey ${hostKey}`,
  `AuthorizedKeysFile ${authorized}`,
  // The keys lie below a directory of /tmp, which others may write to.
  ...['StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
  ...['PermitRootLogin prohibit-password', 'PidFile none', 'UseDNS no', 'LogLevel ERROR'],
  ...['MaxStartups 100', 'MaxSessions 100', 'Subsystem sftp internal-sftp'],
];

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((settle) => {
    const socket = connect({ host, port }, () => socket.destroy());
    let failed = false;
    socket.on('error', () => (failed = true)); // not up yet: it is asked again
    socket.on('close', () => settle(!failed));
  });

const run = async (command: string, args: readonly string[]): Promise<void> => {
  const child = spawn(command, args, { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}`);
};
