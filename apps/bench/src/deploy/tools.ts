import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.ts';

export const ansiblePlaybook = '/usr/bin/ansible-playbook';
export const sshd = '/usr/sbin/sshd';

/** Installs a package of the distribution without letting it start a service; the programs' hooks use it too. */
const installer = join(checkout, 'deploy', 'programs', 'redis', 'bin', 'debian-package');

/** What the playbook side needs; installed where it is missing. Null where all is there, else why it cannot be. */
export const missingTools = async (say: (line: string) => void): Promise<string | null> => {
  for (const [name, command] of [
    ['ansible-core', ansiblePlaybook],
    ['openssh-server', sshd],
    ['openssh-client', '/usr/bin/ssh'],
  ] as const) {
    if (existsSync(command)) continue;
    say(`deploy: ${command} is missing, installing ${name}`);
    const said = await install(name, command);
    if (said !== null) return `${command} is missing, and ${name} could not be installed: ${said}`;
  }
  return null;
};

/** Null where it went well, else its last words. */
const install = async (name: string, command: string): Promise<string | null> => {
  const child = spawn(installer, [name, command], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = await once(child, 'close');
  return code === 0 ? null : said.trim().split('\n').slice(-3).join(' ');
};

/** What `ansible-playbook --version` begins with, as `ansible-core 2.14.18`. */
export const ansibleVersion = async (): Promise<string> => {
  const child = spawn(ansiblePlaybook, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return `ansible-core ${/\[core ([^\]]+)\]/.exec(said)?.[1] ?? 'of an unknown version'}`;
};
