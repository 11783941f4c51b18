import { processIdentity, sendSignal } from '@yiqiu/processes';
import { waitFor } from '@yiqiu/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { playbookDir } from '../checkout.ts';
import type { BuiltProgram } from '../program/package.ts';
import { parseAnsibleLog, type PlaybookRun } from './ansible-log.ts';
import { startSshServer } from './ssh-server.ts';
import { ansiblePlaybook } from './tools.ts';

/** Of the first unit; each ordinal has the next. */
const portBase = 21_000;
const forks = 20;
const endDeadlineMs = 10_000;

export interface Playbook {
  /** Deploys the program once, on new directories, and ends what it started. */
  run(program: BuiltProgram, units: number): Promise<PlaybookRun>;
  stop(): Promise<void>;
}

/**
 * ansible at its best: pipelining, connections that persist over all runs, no facts, as many forks as there are units, hosts
 * behind one sshd of ours at `addresses`. Everything lies below `dir`.
 */
export const openPlaybook = async (dir: string, addresses: readonly string[]): Promise<Playbook> => {
  const server = await startSshServer(join(dir, 'ssh'), addresses);
  const controls = join(dir, 'cp');
  mkdirSync(controls, { mode: 0o700 });
  writeFileSync(join(dir, 'ansible.cfg'), `${configLines(dir, controls, server.keyFile).join('\n')}\n`);
  let runs = 0;
  return {
    run: async (program, count) => {
      runs += 1;
      const root = join(dir, `run${runs}`);
      mkdirSync(root);
      const archive = join(root, 'program.tar.gz');
      writeFileSync(archive, program.archive);
      const hosts = hostsOf(root, addresses, count);
      writeFileSync(join(root, 'inventory.yml'), inventory(root, archive, server.port, hosts));
      try {
        return await play(dir, root);
      } finally {
        await endUnits(root, hosts);
      }
    },
    stop: async () => {
      for (const address of addresses) await endConnection(join(controls, address));
      await server.stop();
    },
  };
};

interface Host {
  readonly name: string;
  readonly address: string;
  readonly units: readonly number[];
  readonly directories: readonly string[];
}

/** The units are dealt out evenly. */
const hostsOf = (root: string, addresses: readonly string[], count: number): Host[] =>
  addresses.map((address, index) => {
    const name = `h${index + 1}`;
    const ordinals = Array.from({ length: count }, (_, unit) => unit);
    const units = ordinals.filter((unit) => unit % addresses.length === index);
    const homes = units.flatMap((unit) => ['conf', 'run', 'log'].map((part) => `unit_${unit}/${part}`));
    return { name, address, units, directories: ['program', ...homes].map((path) => join(root, name, path)) };
  });

/** JSON is YAML too. */
const inventory = (root: string, archive: string, port: number, hosts: readonly Host[]): string => {
  const each = hosts.map(({ name, address, units, directories }) => [
    name,
    { ansible_host: address, ansible_port: port, units, directories },
  ]);
  const vars = { root, archive, port_base: portBase };
  return JSON.stringify({ machines: { hosts: Object.fromEntries(each), vars } }, null, 2);
};

const configLines = (dir: string, controls: string, keyFile: string): string[] => [
  '[defaults]',
  `forks = ${forks}`,
  `local_tmp = ${join(dir, 'local-tmp')}`,
  `remote_tmp = ${join(dir, 'remote-tmp')}`,
  `private_key_file = ${keyFile}`,
  ...['gathering = explicit', 'host_key_checking = False', 'retry_files_enabled = False'],
  'interpreter_python = /usr/bin/python3',
  '[ssh_connection]',
  'pipelining = True',
  `control_path = ${controls}/%%h`,
  'ssh_args = -F /dev/null -o ControlMaster=auto -o ControlPersist=120s -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR',
];

const play = async (dir: string, root: string): Promise<PlaybookRun> => {
  const logFile = join(root, 'ansible.log');
  const child = spawn(ansiblePlaybook, ['-i', join(root, 'inventory.yml'), join(playbookDir, 'playbook.yml')], {
    cwd: dir,
    stdio: 'ignore',
    env: {
      ...{ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: dir, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      ...{ ANSIBLE_CONFIG: join(dir, 'ansible.cfg'), ANSIBLE_HOME: join(dir, 'home'), ANSIBLE_LOG_PATH: logFile },
    },
  });
  const [code] = await once(child, 'exit');
  const log = existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
  if (code !== 0) throw new Error(`ansible-playbook ended with ${String(code)}:\n${log.slice(-4_000)}`);
  return parseAnsibleLog(log);
};

/** The processes that the playbook started, by their pids and by what they run. */
const endUnits = async (root: string, hosts: readonly Host[]): Promise<void> => {
  const pids = hosts
    .flatMap(({ name, units }) => units.map((unit) => join(root, name, `unit_${unit}`, 'run', 'pid')))
    .filter((file) => existsSync(file))
    .map((file) => Number(readFileSync(file, 'utf8')))
    .filter((pid) => commandLine(pid).includes(root));
  for (const pid of pids) sendSignal(pid, 'SIGTERM');
  await waitFor(() => pids.every((pid) => processIdentity(pid) === null), {
    deadlineMs: endDeadlineMs,
    what: `processes ${pids.join(', ')} of the playbook to end`,
  });
};

const commandLine = (pid: number): string =>
  pid > 0 && processIdentity(pid) !== null ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';

/** A connection that persists is a process in the background; it ends by its socket. */
const endConnection = async (socket: string): Promise<void> => {
  if (!existsSync(socket)) return;
  const child = spawn('ssh', ['-F', '/dev/null', '-o', `ControlPath=${socket}`, '-O', 'exit', 'nobody'], {
    stdio: 'ignore',
  });
  await once(child, 'exit');
};
