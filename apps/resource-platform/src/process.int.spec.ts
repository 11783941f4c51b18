import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort, startNats, startPostgres, tempDir, waitFor, withDeadline } from '@yiqiu/testing';
import type { TempDir, TestNats, TestPostgres } from '@yiqiu/testing';

const script = join(import.meta.dirname, '../dist/main.js');

let postgres: TestPostgres;
let nats: TestNats;
let files: TempDir;

beforeAll(async () => {
  files = tempDir();
  [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
}, 120_000);

afterAll(async () => {
  await Promise.all([postgres.stop(), nats.stop()]);
  files.remove();
}, 60_000);

/** The built program, as a supervisor runs it. */
const run = (env: { readonly [name: string]: string }, args: readonly string[] = []) => {
  const child = spawn(process.execPath, [script, ...args], { env: { PATH: process.env['PATH'], ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const exited = once(child, 'close').then(([code]: unknown[]) => code);
  return { child, output, exited };
};

describe('the process', () => {
  test('ends with 2 and names every variable that is wrong', async () => {
    const { output, exited } = run({ YIQIU_TIMING: 'fast' }, ['--grpc-bind', 'nowhere']);
    expect(await withDeadline(exited, { deadlineMs: 30_000, what: 'the process to end' })).toBe(2);
    expect(output.stderr).toContain('YIQIU_GRPC_BIND (--grpc-bind) is "nowhere": not an address; allowed: host:port');
    expect(output.stderr).toContain('YIQIU_TIMING (--timing) is "fast": unknown profile; allowed: local or production');
    expect(output.stderr).toContain('YIQIU_DATABASE_URL is not set');
  }, 40_000);

  test('is ready, logs one JSON line an entry, stops once on two signals, exits 0', async () => {
    const secretFile = join(files.path, 'secret');
    writeFileSync(secretFile, 's'.repeat(40), { mode: 0o600 });
    const [grpc, http] = [await freePort(), await freePort()];
    const { child, output, exited } = run({
      YIQIU_DATABASE_URL: await postgres.createDatabase(),
      YIQIU_NATS_URL: nats.url,
      YIQIU_SECRET_FILE: secretFile,
      YIQIU_GRPC_BIND: `127.0.0.1:${grpc}`,
      YIQIU_HTTP_BIND: `127.0.0.1:${http}`,
    });
    try {
      await waitFor(async () => (await fetch(`http://127.0.0.1:${http}/readyz`)).ok, {
        deadlineMs: 30_000,
        what: 'the process to be ready',
      });
      const metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
      expect(metrics).toMatch(/^yiqiu_runtime_leading\{service="resource-platform"\} 1$/m);
      child.kill('SIGTERM');
      child.kill('SIGINT');
      expect(await withDeadline(exited, { deadlineMs: 30_000, what: 'the process to stop' })).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
    const lines = output.stdout.trim().split('\n');
    const entries = lines.map((line): unknown => JSON.parse(line));
    for (const entry of entries) {
      expect(entry).toMatchObject({ name: 'resource-platform', level: expect.any(String), time: expect.any(String) });
    }
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages.filter((message) => message === 'stopping')).toHaveLength(1);
    expect(messages.at(-1)).toBe('stopped');
    expect(output.stderr).toBe('');
  }, 90_000);
});
