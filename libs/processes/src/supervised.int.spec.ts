import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  isPaused,
  isRunning,
  processIdentity,
  processTree,
  spawnSupervised,
  stopProcess,
  waitFor,
  type SupervisedProcess,
} from './index.ts';

const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };

describe('a supervised process', () => {
  let dir = '';
  let logFile = '';
  const started: SupervisedProcess[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'yiqiu-processes-'));
    logFile = join(dir, 'log');
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.kill()));
    rmSync(dir, { recursive: true });
  });

  /** A shell that has said `up` and then does as the script says. */
  const shell = async (script: string): Promise<SupervisedProcess> => {
    const child = await spawnSupervised({
      name: 'shell',
      command: 'sh',
      args: ['-c', `echo up; ${script}`],
      env,
      logFile,
    });
    started.push(child);
    await waitFor(() => log().includes('up'), { deadlineMs: 5_000, what: 'the shell' });
    return child;
  };
  const log = (): string => readFileSync(logFile, 'utf8');
  const gone = (pids: readonly number[]): Promise<true> =>
    waitFor(() => pids.every((pid) => processIdentity(pid) === null), { deadlineMs: 5_000, what: 'all to be gone' });

  it('tells how it ended, and writes to its log', async () => {
    const child = await shell('echo to-stderr >&2; exit 3');
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(log()).toBe('up\nto-stderr\n');
    expect(statSync(logFile).mode & 0o777).toBe(0o600);
    expect(isRunning(child.identity)).toBe(false);
  });

  it('has nothing of our environment', async () => {
    const child = await shell('env');
    await child.exited;
    expect(log()).not.toContain('HOME=');
  });

  it('is in a session of its own, so that a Ctrl-C does not reach it', async () => {
    const child = await shell('exec sleep 100');
    const session = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];
    expect(session).toBe(String(child.pid));
  });

  it('cannot be started where the command is missing', async () => {
    const missing = spawnSupervised({ name: 'ghost', command: join(dir, 'none'), args: [], env, logFile });
    await expect(missing).rejects.toThrow(/ghost cannot be started/);
  });

  it('is killed with its descendants', async () => {
    const child = await shell('sleep 100 & sleep 100 & wait');
    await waitFor(() => child.pids().length === 3, { deadlineMs: 5_000, what: 'its children' });
    const pids = child.pids();
    expect(pids[0]).toBe(child.pid);
    await child.kill();
    await gone(pids);
    expect(processTree(child.pid)).toEqual([]);
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('is paused and resumed with its descendants', async () => {
    const child = await shell('sleep 100 & wait');
    await waitFor(() => child.pids().length === 2, { deadlineMs: 5_000, what: 'its child' });
    child.pause();
    await waitFor(() => child.pids().every(isPaused), { deadlineMs: 5_000, what: 'all to stand still' });
    child.resume();
    await waitFor(() => !child.pids().some(isPaused), { deadlineMs: 5_000, what: 'all to go on' });
  });

  it('is stopped harder at each step', async () => {
    const child = await shell(
      `trap 'echo heard TERM' TERM; trap 'echo heard INT; exit 0' INT; while :; do sleep 0.05; done`,
    );
    await child.stop([
      { signal: 'SIGTERM', deadlineMs: 300 },
      { signal: 'SIGINT', deadlineMs: 5_000 },
    ]);
    expect(log()).toBe('up\nheard TERM\nheard INT\n');
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  it('is killed where it hears nothing, and is stopped though it is paused', async () => {
    const deaf = await shell(`trap '' TERM; while :; do sleep 0.05; done`);
    await deaf.stop([{ signal: 'SIGTERM', deadlineMs: 200 }]);
    expect(await deaf.exited).toMatchObject({ signal: 'SIGKILL' });
    const asleep = await shell('exec sleep 100');
    asleep.pause();
    await asleep.stop([{ signal: 'SIGTERM', deadlineMs: 5_000 }]);
    expect(await asleep.exited).toMatchObject({ signal: 'SIGTERM' });
  });

  it('is not mistaken for another with the same pid', async () => {
    const child = await shell('exec sleep 100');
    const impostor = { ...child.identity, startTicks: child.identity.startTicks - 1 };
    expect(isRunning(impostor)).toBe(false);
    await stopProcess(impostor, [{ signal: 'SIGKILL', deadlineMs: 100 }]);
    expect(isRunning(child.identity)).toBe(true);
  });

  it('ends with the process that started it, where it is asked to', async () => {
    const args = [join(import.meta.dirname, 'parent.fixture.mjs'), join(dir, 'child.log')];
    const parent = await spawnSupervised({ name: 'parent', command: process.execPath, args, env, logFile });
    started.push(parent);
    const pid = Number(
      await waitFor(() => /^\d+\n/.test(log()) && log().trim(), { deadlineMs: 10_000, what: 'the child' }),
    );
    const identity = await waitFor(() => processIdentity(pid), { deadlineMs: 5_000, what: 'the child' });
    process.kill(parent.pid, 'SIGKILL');
    await waitFor(() => !isRunning(identity), { deadlineMs: 5_000, what: 'the child to follow its parent' });
  });

  it('gets a fresh log when the old one has grown', async () => {
    writeFileSync(logFile, Buffer.alloc(17 * 1024 * 1024, 'x'));
    const child = await shell('exit 0');
    await child.exited;
    expect(log()).toBe('up\n');
    expect(statSync(`${logFile}.1`).size).toBe(17 * 1024 * 1024);
  });
});
