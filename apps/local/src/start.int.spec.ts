import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort, isRunning, processIdentity, waitFor, type ProcessIdentity } from '@yiqiu/processes';

const node = process.execPath;
const main = join(import.meta.dirname, '..', 'dist', 'main.js');

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

const dirs: string[] = [];
const children: ChildProcess[] = [];

const dataDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'yiqiu-local-'));
  chmodSync(dir, 0o700); // as in a directory that only root can read
  dirs.push(dir);
  return join(dir, 'data');
};

const start = (data: string, port: number): Started => {
  let text = '';
  const child = spawn(node, [main, '--data', data, '--port', String(port), '--machines', '1', '--no-demo'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text, ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))) };
};

const up = (started: Started) =>
  waitFor(() => /up after|yiqiu is ready/.test(started.output()), {
    deadlineMs: 60_000,
    what: `the start to be over: ${started.output()}`,
  });

const platformFile = (data: string) =>
  JSON.parse(readFileSync(join(data, 'platform.json'), 'utf8')) as {
    pid: number;
    token: string;
    processes: { name: string; pid: number }[];
  };

const identities = (data: string): ProcessIdentity[] =>
  platformFile(data)
    .processes.map(({ pid }) => processIdentity(pid))
    .filter((identity) => identity !== null);

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
}, 60_000);

describe('the supervisor', () => {
  it('outlives the reader of its output, refuses a second start, and leaves no process after SIGINT', async () => {
    const data = dataDir();
    const port = await freePort();
    const first = start(data, port);
    await waitFor(() => first.output().includes('postgres'), { deadlineMs: 60_000, what: 'its first line' });
    first.child.stdout?.destroy();
    first.child.stderr?.destroy();
    const ready = () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor(ready, { deadlineMs: 120_000, what: 'the gateway to be ready' });
    const running = await waitFor(
      () => {
        const now = identities(data);
        return now.length === 7 && now;
      },
      { deadlineMs: 60_000, what: 'all parts and the agent' },
    );

    const second = start(data, port);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`pid ${first.child.pid}`);

    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(running.filter(isRunning)).toEqual([]);
  }, 240_000);

  it('starts a killed part again, and a start after a killed one ends what that left', async () => {
    const data = dataDir();
    const port = await freePort();
    const first = start(data, port);
    await up(first);
    const [nats] = platformFile(data).processes.filter(({ name }) => name === 'nats');
    const before = processIdentity(nats?.pid ?? 0);
    if (before === null) throw new Error('nats is not there');
    process.kill(before.pid, 'SIGKILL');
    await waitFor(() => first.output().includes('nats ended (SIGKILL); starting it again'), {
      deadlineMs: 20_000,
      what: 'the report',
    });

    const left = identities(data);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start(data, port);
    await up(second);
    expect(left.filter(isRunning)).toEqual([]);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  }, 180_000);
});
