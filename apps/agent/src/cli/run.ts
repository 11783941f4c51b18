import { NestFactory } from '@nestjs/core';
import { realpathSync } from 'node:fs';
import { AgentModule } from '../app/agent.module.ts';
import { writeShim } from '../app/shim.ts';
import { lockRoot, readIdentity, readSettings, saveSettings, type AgentIdentity } from '../identity/index.ts';
import { join } from '../join/index.ts';
import type { AgentPaths } from '../layout/index.ts';
import { jsonLog, type Log } from '../log/index.ts';
import { agentVersion } from '../version.ts';
import { openRoot, parseRun, type RunFlags } from './options.ts';
import { UsageError } from './usage.ts';

/** A second signal within so many ms is the same one, come by another way (Ctrl-C through npm), ms. */
const sameSignalMs = 500;

/** Runs until SIGTERM or SIGINT. Resolves with the exit code. */
export const run = async (args: readonly string[]): Promise<number> => {
  const flags = parseRun(args);
  const log = jsonLog((line) => process.stdout.write(line));
  const ended = untilSignalled();
  // Files of units are as their manifests say, not as whoever started the agent would have them.
  process.umask(0o022);
  const paths = openRoot(flags.root, true);
  const lock = lockRoot(paths);
  const settings = { ...readSettings(paths), ...(flags.capacity === null ? {} : { capacity: flags.capacity }) };
  saveSettings(paths, settings);
  const identity = readIdentity(paths) ?? (await joinFirst(paths, flags, log));
  writeShim(paths, process.execPath, realpathSync(process.argv[1] ?? ''));
  log.info('agent starts', { version: agentVersion, machine: identity.machine, pid: process.pid });
  const app = await NestFactory.createApplicationContext(AgentModule.with({ paths, identity, settings, log }), {
    logger: ['error', 'warn', 'fatal'],
    abortOnError: false,
  });
  log.info('agent stops', { signal: await ended });
  await app.close();
  lock.release();
  return 0;
};

const joinFirst = (paths: AgentPaths, { server, token, name }: RunFlags, log: Log): Promise<AgentIdentity> => {
  if (server === undefined || token === undefined) {
    throw new UsageError(
      `${paths.root} holds no identity: the first start needs --server URL --token TOKEN ("yiqiu machine add" prints both)`,
    );
  }
  return join({ paths, server, token, log, ...(name === undefined ? {} : { name }) });
};

/** The first of SIGTERM and SIGINT. Another one half a second later or more ends the process at once. */
const untilSignalled = (): Promise<NodeJS.Signals> => {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let firstAt: number | null = null;
  const heard = (signal: NodeJS.Signals): void => {
    if (firstAt !== null && performance.now() - firstAt >= sameSignalMs) process.exit(1);
    firstAt ??= performance.now();
    resolve(signal);
  };
  process.on('SIGTERM', heard);
  process.on('SIGINT', heard);
  return promise;
};
