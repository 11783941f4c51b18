// Runs on the machine's own Node (20 or newer), before anything is installed: no dependencies here.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Node 24, from npm. */
export const node24 = join(root, 'node_modules', 'node', 'bin', 'node');

/** Where steps are told; the CLI, whose stdout is data, has them on stderr. */
export const told = { stream: process.stdout };

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Runs one step, printing its name at once and its duration at the end. */
export const step = async (name, work) => {
  const started = Date.now();
  told.stream.write(`  ${name} …`);
  try {
    const note = await work();
    told.stream.write(` ${note ?? 'done'} (${seconds(Date.now() - started)})\n`);
  } catch (error) {
    told.stream.write(` failed after ${seconds(Date.now() - started)}\n`);
    throw error;
  }
};

/** An error whose message is all that a person needs. */
export class Stop extends Error {}

const children = new Set();

const endGroup = (child) => {
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
};

let stopping = null;

/** Ends what runs now when we are told to stop. */
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stopping = signal;
    for (const child of children) endGroup(child);
    if (children.size === 0) process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

/**
 * Runs a command with its output in a log file below `.nx/log`; on failure the end of that log is in the error.
 * `env` is added to ours. The child leads its own process group, so that Ctrl-C reaches it, and what it started, through
 * us only.
 */
export const run = (label, command, args, { env = {}, cwd = root, show = false } = {}) =>
  new Promise((resolve, reject) => {
    const file = join(root, '.nx', 'log', `${label}.log`);
    mkdirSync(dirname(file), { recursive: true });
    const log = createWriteStream(file);
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    children.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.pipe(log, { end: false });
      if (show) stream.pipe(process.stdout, { end: false });
    }
    const finish = (failure) => {
      children.delete(child);
      log.end(() => {
        if (stopping !== null) process.exit(stopping === 'SIGINT' ? 130 : 143);
        if (failure === null) return resolve();
        const tail = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-30).join('\n');
        reject(new Stop(`${command} ${args.join(' ')}: ${failure}\n${tail}`));
      });
    };
    child.on('error', (error) => finish(error.message));
    child.on('close', (code, signal) =>
      finish(code === 0 ? null : signal === null ? `exit code ${code}` : `ended by ${signal}`),
    );
  });

/** Runs `main`, turning a Stop into a message and exit code 1. */
export const entry = (main) =>
  main().catch((error) => {
    process.stderr.write(`\nyiqiu: ${error instanceof Stop ? error.message : error.stack}\n`);
    process.exit(1);
  });
