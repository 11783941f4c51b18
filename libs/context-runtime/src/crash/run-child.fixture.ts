import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { withDeadline } from '@yiqiu/testing';

export interface Ran<L> {
  /** By its own hand, at its fault point. */
  readonly killed: boolean;
  readonly lines: readonly L[];
}

/**
 * Runs a program of this folder with a plan, to its end, which may be its own kill. Its standard output is a line of JSON
 * each. Rejects where it fails, or does not end within a minute; then it is killed.
 */
export const runChild = async <L>(name: string, plan: unknown): Promise<Ran<L>> => {
  const program = join(import.meta.dirname, name);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: L[] = [];
  const errors: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  createInterface(child.stderr).on('line', (line) => errors.push(line));
  try {
    await withDeadline(once(child, 'close'), { deadlineMs: 60_000, what: `${name} to end` });
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${String(error)}\n${errors.join('\n')}`, { cause: error });
  }
  const killed = child.signalCode === 'SIGKILL';
  if (!killed && child.exitCode !== 0) throw new Error(`${name} failed:\n${errors.join('\n')}`);
  return { killed, lines };
};
