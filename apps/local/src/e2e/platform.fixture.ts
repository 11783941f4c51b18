import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, isRunning, processIdentity, waitFor, type ProcessIdentity } from '@yiqiu/processes';
import type { FateReply, FateRow } from '../fate/protocol.ts';
import { afterAll, beforeAll } from '@jest/globals';
import { OpenApi } from './openapi.fixture.ts';

export const checkout = resolve(import.meta.dirname, '../../../..');
const main = join(checkout, 'apps', 'local', 'dist', 'main.js');
const stories = join(checkout, 'deploy', 'dev', 'story');
const cli = join(checkout, 'apps', 'cli', 'bin', 'yiqiu.mjs');

/** Long enough for a machine that does much else at once. */
const startDeadlineMs = 240_000;
const stopDeadlineMs = 90_000;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

interface PlatformFile {
  readonly server: string;
  readonly token: string;
  readonly pid: number;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

/** Runs a command to its end, its input closed. */
export const run = (file: string, args: readonly string[], env: { [name: string]: string } = {}): Promise<Ran> =>
  new Promise((done, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...env },
    });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (status) => done({ status, ...text }));
  });

/** A script of deploy/dev/story that needs no platform. Throws with all it said where a promise was broken. */
export const tell = async (
  script: string,
  args: readonly string[],
  env: { [name: string]: string } = {},
): Promise<void> => {
  const { status, stdout, stderr } = await run(process.execPath, [join(stories, script), ...args], env);
  if (status !== 0) throw new Error(`${script} ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`);
};

/** A whole platform of its own, as `npm start` starts it: three local machines, no demo. */
export class TestPlatform {
  readonly dir = mkdtempSync(join(tmpdir(), 'yiqiu-e2e-'));
  readonly data = join(this.dir, 'data');
  #child: ChildProcess | null = null;
  #output = '';
  #openApi: Promise<OpenApi> | null = null;

  private constructor(
    readonly port: number,
    /** First three numbers of the machines' addresses: two platforms at once must not share them. */
    readonly net: string,
  ) {}

  static async start(): Promise<TestPlatform> {
    const port = await freePort();
    const platform = new TestPlatform(port, `127.0.${40 + (port % 200)}`);
    try {
      await platform.start();
    } catch (error) {
      await platform.dispose();
      throw error;
    }
    return platform;
  }

  get output(): string {
    return this.#output;
  }

  /** Starts, or starts again on the same data. */
  async start(): Promise<void> {
    this.#output = '';
    const child = this.spawn();
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    const isUp = await waitFor(
      () => /yiqiu is ready/.test(this.#output) || (child.exitCode !== null ? 'ended' : false),
      {
        deadlineMs: startDeadlineMs,
        what: 'the line `yiqiu is ready`',
      },
    ).catch(() => 'late');
    if (isUp !== true) throw new Error(`the platform is not up (${isUp}):\n${this.#output}`);
  }

  spawn(): ChildProcess {
    const { data, port, net } = this;
    const args = ['--data', data, '--port', String(port), '--net', net, '--machines', '3', '--no-demo'];
    return spawn(process.execPath, [main, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, YIQIU_CHECKOUT: checkout },
    });
  }

  /** SIGTERM; its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    child.kill('SIGTERM');
    await waitFor(() => child.exitCode !== null || child.signalCode !== null, {
      deadlineMs: stopDeadlineMs,
      what: `the platform to stop:\n${this.#output}`,
    });
    return child.exitCode;
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  get file(): PlatformFile {
    return JSON.parse(readFileSync(join(this.data, 'platform.json'), 'utf8')) as PlatformFile;
  }

  /** By `<part>-grpc`, `<part>-http`, `postgres`, `nats`. */
  get ports(): { readonly [name: string]: number | undefined } {
    return JSON.parse(readFileSync(join(this.data, 'ports.json'), 'utf8')) as { [name: string]: number };
  }

  /** Every process of it that lives now, those of machines included. */
  async processes(): Promise<ProcessIdentity[]> {
    const rows = await this.fate('list');
    const pids = new Set([...rows.flatMap((row) => row.pids), ...this.file.processes.map(({ pid }) => pid)]);
    return [...pids]
      .map(processIdentity)
      .filter((identity) => identity !== null && isRunning(identity)) as ProcessIdentity[];
  }

  /** `yiqiu local VERB`, without the command line: over the supervisor's socket. A path longer than 107 bytes would not do. */
  fate(verb: string, ...names: readonly string[]): Promise<FateRow[]> {
    return new Promise((done, reject) => {
      let text = '';
      const socket = connect({ path: join(this.data, 'fate.sock') }, () =>
        socket.write(`${JSON.stringify({ verb, names })}\n`),
      );
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.once('error', reject);
      socket.once('end', () => {
        const reply = JSON.parse(text) as FateReply;
        if (reply.ok) done([...reply.rows]);
        else reject(new Error(reply.message));
      });
    });
  }

  yiqiu(...args: readonly string[]): Promise<Ran> {
    return run(process.execPath, [cli, ...args], { YIQIU_DATA: this.data });
  }

  /** A script of deploy/dev/story, told on this platform. Throws with all it said where a promise was broken. */
  async tell(script: string, ...args: readonly string[]): Promise<void> {
    await tell(script, args, { YIQIU_DATA: this.data });
  }

  /** A command that stays: what it has printed so far, and its exit code after Ctrl-C. */
  follow(...args: readonly string[]): {
    readonly stdout: () => string;
    readonly interrupt: () => Promise<number | null>;
  } {
    const env = { PATH: process.env['PATH'] ?? '', YIQIU_DATA: this.data };
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'ignore'], env });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const ended = new Promise<number | null>((done) => child.once('close', done));
    const interrupt = (): Promise<number | null> => {
      child.kill('SIGINT');
      return ended;
    };
    return { stdout: () => text, interrupt };
  }

  /** What a command prints as JSON; it has to end well. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const ran = await this.yiqiu(...args, '-o', 'json');
    if (ran.status !== 0) throw new Error(`yiqiu ${args.join(' ')}: exit ${ran.status}\n${ran.stderr}`);
    return JSON.parse(ran.stdout) as T;
  }

  /** Fails on an answer that the OpenAPI does not have. */
  async rest(method: string, path: string, body?: unknown, headers: { [name: string]: string } = {}): Promise<Answer> {
    const { server, token } = this.file;
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${server}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? null : JSON.parse(text);
    const type = response.headers.get('content-type') ?? '';
    (await this.openApi()).check(method, `/api/v1${path}`, response.status, type, answer);
    return { status: response.status, headers: response.headers, body: answer };
  }

  /** What every answer is held against. */
  openApi(): Promise<OpenApi> {
    this.#openApi ??= OpenApi.of(this.file.server);
    return this.#openApi;
  }

  /** What a GET gives; it has to end well. */
  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.rest('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  }

  /** The pids of `unit/<name>` or another row of `local list`. */
  async pids(name: string): Promise<number[]> {
    const rows = await this.fate('list');
    return rows.filter((row) => row.name === name).flatMap((row) => row.pids);
  }
}

export const groupDocument = (name: string, units: number): string => `apiVersion: yiqiu/v1
kind: Group
name: ${name}
services:
  web:
    program: hello@^1.0
    package: small
    pools: [bj01]
    units: ${units}
`;

/** A platform for the tests of a `describe`: started before them, with what `use` makes of it, and disposed of after them. */
export const withPlatform = (
  use: (platform: TestPlatform) => void | Promise<void>,
  release: () => Promise<void> = () => Promise.resolve(),
): void => {
  let platform: TestPlatform | null = null;
  beforeAll(async () => {
    platform = await TestPlatform.start();
    await use(platform);
  }, 350_000);
  afterAll(async () => {
    await release();
    await platform?.dispose();
  }, 120_000);
};
