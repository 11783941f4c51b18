import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSupervised, waitFor, type SupervisedProcess } from '@yiqiu/processes';
import type { BuildOptions } from '../parts/build.ts';
import { Part } from '../parts/part.ts';
import { baseEnv } from '../parts/service-process.ts';
import { LocalMachine } from './machine.ts';

/** What each local machine declares, whatever the real one has. */
const capacity = { cpuMilli: 4_000, memoryMiB: 8_192, diskMiB: 51_200 } as const;

/** Units are stopped by their hooks, each within its own time. */
const powerOffDeadlineMs = 120_000;

const agentStopSteps = [{ signal: 'SIGTERM', deadlineMs: 15_000 }] as const;

/** `m1…mN` at NET.1…NET.N, each an agent with its own root. None is started. */
export const buildMachines = (build: BuildOptions): LocalMachine[] =>
  Array.from({ length: build.options.machines }, (_, index) => {
    const name = `m${index + 1}`;
    const address = `${build.options.net}.${index + 1}`;
    const root = build.paths.machineRoot(name);
    const agent = new Part(
      {
        name: `agent/${name}`,
        address,
        start: () => startAgent(build, name, root),
        stopSteps: agentStopSteps,
        alone: true,
      },
      build.registry,
      build.report,
    );
    return new LocalMachine(name, address, root, agent, () => powerOff(build, name, root));
  });

/** Where a join token waits until it is used: an agent that was killed before it joined needs it again. */
const tokenFile = ({ paths }: BuildOptions, name: string): string => join(paths.keys, `join-${name}`);

export const keepToken = (build: BuildOptions, name: string, token: string): void =>
  writeFileSync(tokenFile(build, name), token, { mode: 0o600 });

/** It has an identity of its own: it joined once. */
export const hasJoined = (root: string): boolean => existsSync(join(root, 'agent', 'identity.json'));

/** With the flags that it would start itself again for (`small-heap.ts` there). */
const agentCommand = ({ checkout }: BuildOptions): readonly string[] => [
  '--max-semi-space-size=1',
  '--lite-mode',
  '--initial-old-space-size=40',
  join(checkout, 'apps', 'agent', 'dist', 'yiqiu-agent.mjs'),
];

const startAgent = (build: BuildOptions, name: string, root: string): Promise<SupervisedProcess> => {
  const { options, paths } = build;
  const file = tokenFile(build, name);
  const joined = hasJoined(root);
  if (joined) rmSync(file, { force: true });
  const token = !joined && existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  const joining = token === null ? [] : ['--server', `http://127.0.0.1:${options.port}`, '--token', token];
  const { cpuMilli, memoryMiB, diskMiB } = capacity;
  const declared = ['--cpu-milli', cpuMilli, '--memory-mib', memoryMiB, '--disk-mib', diskMiB].map(String);
  return spawnSupervised({
    name: `agent/${name}`,
    command: process.execPath,
    args: [...agentCommand(build), 'run', '--root', root, '--name', name, ...joining, ...declared],
    env: baseEnv(),
    logFile: paths.log(`agent/${name}`),
  });
};

/** An announced power-off: the units are stopped in order, and the next start is another boot. */
const powerOff = async (build: BuildOptions, name: string, root: string): Promise<void> => {
  if (!hasJoined(root)) return;
  const child = await spawnSupervised({
    name: `power-off of ${name}`,
    command: process.execPath,
    args: [...agentCommand(build), 'stop-all', '--root', root],
    env: baseEnv(),
    logFile: build.paths.log(`agent/${name}`),
  });
  let ended: Awaited<typeof child.exited> | null = null;
  void child.exited.then((exit) => (ended = exit));
  try {
    // A child does not keep this process alive; whoever waits for one holds a timer.
    const { code, signal } = await waitFor(() => ended, { deadlineMs: powerOffDeadlineMs, what: 'an end' });
    if (code !== 0) build.report(`${name}: not powered off in order (${signal ?? `exit code ${code ?? ''}`})`);
  } catch (error) {
    await child.kill();
    build.report(`${name}: not powered off in order: ${error instanceof Error ? error.message : String(error)}`);
  }
};
